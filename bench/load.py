"""A small load generator: so many clients, each on a connection of its own, sending prepared requests to localhost."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Load:
    """The result of a run: responses by status, and the seconds of each."""

    seconds: float = 0.0
    statuses: Counter = field(default_factory=Counter)
    times: list = field(default_factory=list)

    @property
    def per_second(self):
        return self.statuses[200] / self.seconds

    @property
    def failures(self):
        return sum(count for status, count in self.statuses.items() if status != 200)

    def only_200(self, what):
        """Return the load if every response was 200; else raise, because refusals are fast and measure nothing."""
        if self.failures:
            raise RuntimeError(f"{what}: answers other than 200: {dict(self.statuses)}")
        return self

    def percentile(self, share):
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request_bytes(method, path, *, cookies="", body="", headers=()):
    """Return one HTTP/1.1 request on a connection that stays open."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: keep-alive", f"Cookie: {cookies}", *headers]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def run_load(port, make_request, *, clients=32, seconds=6.0, warm_up=1.5):
    """Send make_request(client, turn) on `clients` connections; return the Load after the warm-up."""
    return asyncio.run(_run(port, make_request, clients, seconds, warm_up))


async def _run(port, make_request, clients, seconds, warm_up):
    load = Load()
    began = time.perf_counter() + warm_up
    ends = began + seconds
    await asyncio.gather(*(_client(port, make_request, number, load, began, ends) for number in range(clients)))
    load.seconds = seconds
    return load


async def _client(port, make_request, number, load, began, ends):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn, is_measured = 0, False
    # At least one response is measured on a slow machine.
    while (now := time.perf_counter()) < ends or not is_measured:
        writer.write(make_request(number, turn))
        status = await _answer(reader)
        turn += 1
        is_measured = now >= began
        if is_measured:
            load.statuses[status] += 1
            load.times.append(time.perf_counter() - now)
    writer.close()


async def _answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    place = lower.find(b"content-length:")
    if place >= 0:
        await reader.readexactly(int(lower[place + 15 : lower.index(b"\r", place)]))
    elif b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return status
