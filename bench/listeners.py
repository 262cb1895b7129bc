"""Thousands of listeners in a process of their own: they count frames, and some note the moments."""

import asyncio
import multiprocessing
import re
import time
from contextlib import contextmanager

TAP = re.compile(rb'data-tap="(\d+)"')
# One listener in this many notes moments: noting all of them would slow down the reading.
NOTED = 10
AT_ONCE = 100


class Ear(asyncio.Protocol):
    def __init__(self, request, marker, notes):
        self.request, self.marker, self.notes = request, marker, notes
        self.frames = 0
        self.is_here = self.is_lost = False

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        now = time.time()
        self.is_here = True
        self.frames += data.count(self.marker)
        if self.notes is not None:
            self.notes += [(int(tap), now) for tap in TAP.findall(data)]

    def connection_lost(self, error):
        self.is_lost = True


async def _listen(port, path, count, marker, pipe):
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
    notes, ears = [], []
    loop = asyncio.get_running_loop()
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        new = [Ear(request, marker, notes if number % NOTED == 0 else None) for number in numbers]
        await asyncio.gather(*(loop.create_connection(lambda ear=ear: ear, "127.0.0.1", port) for ear in new))
        ears += new
        await asyncio.sleep(0.1)
    # Wait for the responses, not only the connections: from here on the server only streams.
    while not all(ear.is_here for ear in ears):
        await asyncio.sleep(0.1)
    pipe.send("here")
    while (word := await loop.run_in_executor(None, pipe.recv)) != "stop":
        if word == "count":
            pipe.send((sum(ear.frames for ear in ears), sum(ear.is_lost for ear in ears)))
    pipe.send(notes)


def _run(*arguments):
    asyncio.run(_listen(*arguments))


class Crowd:
    """The listeners, as the bench sees them."""

    def __init__(self, pipe):
        self.pipe = pipe

    def count(self):
        """Return how many frames arrived so far in all, and how many listeners were cut off."""
        self.pipe.send("count")
        return self.pipe.recv()

    def stop(self):
        """Return (tap, moment of its receipt) as every NOTED listener saw it."""
        self.pipe.send("stop")
        return self.pipe.recv()


@contextmanager
def listening(port, path, count, marker=b"\nid: "):
    """Keep that many listeners connected as long as the block. A marker identifies a frame."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(port, path, count, marker, theirs))
    process.start()
    try:
        assert ours.poll(120), "the listeners didn't all connect"
        ours.recv()
        yield Crowd(ours)
    finally:
        process.kill()
        process.join()
