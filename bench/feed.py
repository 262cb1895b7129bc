"""The feed as a stream: how late, at what cost in processor, memory and queries, beside two peers.

python -m bench feed
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from bench.listeners import listening
from bench.load import request_bytes, run_load
from bench.processes import TICKS_PER_SECOND, cpu_of, memory_of, worker_of
from bench.server import serving, wait_until_ready
from bench.sizes import SIZES
from bench.table import Row, say

VIEWERS = SIZES.listeners
TAPS_A_SECOND = 50
SECONDS = SIZES.stream_seconds
# Seconds after which a start, such as many connections, no longer affects the figures.
REST = SIZES.rest_seconds
TICK = 0.25
TURNS = SIZES.turns
MANY = {"STREAMS_PER_ADDRESS": "100000", "STREAMS_AT_MOST": "100000"}


def measure(server_url, url):
    from bench import world

    session, viewers = world.build_world(SIZES.viewers // 2)
    events = f"/live/{session.pk}/events/?after=0"
    with serving(url, processes=1, **MANY) as port:
        yield from _lateness(port, events, session, viewers)
    yield from _deliveries(url, events, session, viewers)
    with serving(url, processes=1, **MANY) as port:
        yield from _queries(port, events, session, viewers)
    with serving(url, processes=1, **MANY) as port:
        yield from _taps_with_listeners(port, events, session, viewers)


# --- Late by how much ---------------------------------------------------------------------------


def _lateness(port, events, session, viewers):
    """5,000 viewers, 50 taps a second through the same process, and one client that loads pages meanwhile."""
    from bench import world

    say(f"{VIEWERS:,} viewers, {TAPS_A_SECOND} taps/s through one process")
    cookies = [world.sign_in(viewer) for viewer in viewers]
    before = memory_of(port)
    with listening(port, events, VIEWERS) as crowd:
        taps = Tapping(lambda n: _tap_over_http(port, session, cookies[n % len(cookies)]))
        with taps:
            time.sleep(REST)
            pages = run_load(port, lambda client, turn: _a_page(cookies, turn), clients=1, seconds=SECONDS, warm_up=0)
        time.sleep(REST)
        _, lost = crowd.count()
        memory = memory_of(port)
        notes = crowd.stop()
    late = _late(notes, session)
    share = len(late) / (len({tap for tap, _ in notes}) * VIEWERS / 10 or 1)
    yield Row("listeners cut off", lost, at_most=0)
    yield Row("taps/s in that room", taps.done / taps.seconds)
    yield Row("taps that each noting listener has", share, at_least=1, at_most=1)
    yield Row("from commit to receipt, p50 in ms", 1000 * percentile(late, 0.5), at_most=300)
    yield Row("from commit to receipt, p99 in ms", 1000 * percentile(late, 0.99), at_most=800)
    yield Row("other pages meanwhile, p95 in ms", 1000 * pages.percentile(0.95), at_most=200)
    yield Row("memory of the process, MB", memory / 2**20, at_most=400)
    yield Row("memory of the process without listeners, MB", before / 2**20)


def _late(notes, session):
    """Return the seconds from each tap's own moment, which is just before its commit, to each of its receipts."""
    moments = {tap: at.timestamp() for tap, at in session.taps.values_list("id", "created_at")}
    return sorted(at - moments[tap] for tap, at in notes)


def _a_page(cookies, turn):
    time.sleep(0.05)
    return request_bytes("GET", "/live/", cookies=cookies[turn % len(cookies)])


# --- At what cost -------------------------------------------------------------------------------


def _deliveries(url, events, session, viewers):
    """Ours, and the plain server's with the bytes of ours, in turns: so a slower minute of the machine is shared."""
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as room:
        file = Path(room, "pieces")
        for round_ in (1, 2):
            say(f"deliveries per CPU second, round {round_} of 2")
            ours.append(_deliveries_of_ours(url, _from_now(events, session), session, viewers, file))
            say(f"a plain asyncio server's, round {round_} of 2")
            with _plain_server(file) as (port, pid), listening(port, "/", VIEWERS) as crowd:
                plain.append(_per_cpu_second(pid, crowd))
        theirs = _eventstream(url, Path(room, "text"), min(file.read_bytes().split(b"\0"), key=len))
    ours, plain = statistics.mean(ours), statistics.mean(plain)
    yield Row("deliveries per CPU second", ours)
    yield Row("deliveries per CPU second, a plain asyncio server", plain)
    yield Row("deliveries / the plain asyncio server's", ours / plain, at_least=0.5)
    yield Row("deliveries per CPU second, django-eventstream", theirs)
    yield Row("deliveries / django-eventstream's", ours / theirs if theirs else None, at_least=3)


def _deliveries_of_ours(url, events, session, viewers, file):
    """Write taps straight into the database, so that the process only streams. Some pieces are kept."""
    with (
        serving(url, processes=1, **MANY) as port,
        listening(port, events, VIEWERS) as crowd,
        Tapping(lambda n: _tap_directly(session, viewers[n % len(viewers)])),
    ):
        speed = _per_cpu_second(worker_of(port), crowd)
        file.write_bytes(b"\0".join(_pieces(port, _from_now(events, session))))
        return speed


def _pieces(port, path, count=8):
    """Return what one listener gets in as many ticks, each piece with its board if it has one."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", path, headers={"Accept": "text/event-stream"})
    pieces = []
    for text in line.getresponse():
        if text.startswith(b"id: "):
            pieces.append(b"")
        if len(pieces) == count + 2:
            break
        if pieces:
            pieces[-1] += text
    line.close()
    # The first piece may be the backlog of the connection, and the last one may be incomplete.
    return pieces[1:-1]


def _per_cpu_second(pid, crowd):
    time.sleep(REST)
    frames, used = crowd.count()[0], cpu_of(pid)
    time.sleep(SECONDS)
    # The system counts in hundredths of a second, and a small run may need less.
    return (crowd.count()[0] - frames) / max(cpu_of(pid) - used, 1 / TICKS_PER_SECOND)


@contextmanager
def _plain_server(file):
    port = 8000 + os.getpid() % 1000 + 1000
    command = [sys.executable, "-m", "bench.peers.plain_stream", str(port), str(file), str(TICK)]
    server = subprocess.Popen(command)
    try:
        wait_until_ready(server, port)
        yield port, server.pid
    finally:
        server.kill()
        server.wait()


def _eventstream(url, text, piece):
    """The lines of one piece through its event manager; None where it isn't installed."""
    try:
        import django_eventstream  # noqa: F401
    except ImportError:
        return None
    say("deliveries per CPU second, django-eventstream")
    text.write_text("\n".join(line.removeprefix("data: ") for line in piece.decode().strip().split("\n")[1:]))
    peer = {"application": "bench.peers.eventstream:application", "BENCH_FRAME": str(text), "BENCH_TICK": str(TICK)}
    listen = ("/events/", VIEWERS, b"event: message")
    with serving(url, processes=1, **peer) as port, listening(port, *listen) as crowd:
        return _per_cpu_second(worker_of(port), crowd)


def _queries(port, events, session, viewers):
    """Count queries as PostgreSQL's transactions: each query outside of one, and each tap, is a transaction."""
    _let_others_come_to_rest()
    speeds = {}
    few, some, many = SIZES.listeners_of_queries
    for count in (few, some, many):
        say(f"queries per second with {count:,} viewers")
        with listening(port, _from_now(events, session), count) as crowd:
            with Tapping(lambda n: _tap_directly(session, viewers[n % len(viewers)]), rate=10) as taps:
                time.sleep(REST)
                before, tapped, began = _transactions(), taps.done, time.monotonic()
                time.sleep(SECONDS)
                done, seconds = _transactions() - before, time.monotonic() - began
                speeds[count] = (done - (taps.done - tapped)) / seconds
            crowd.count()
        yield Row(f"queries/s of the feed with {count:,} viewers", speeds[count], at_most=20)
    yield Row(f"queries/s with {many:,} viewers / with {few:,}", speeds[many] / speeds[few], at_most=1.2)


def _let_others_come_to_rest():
    """Turn autovacuum off and wait for idle connections to report: both would count as queries."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = false)")
    time.sleep(SIZES.statistics_seconds)


def _from_now(events, session):
    """Return the stream's address behind the newest tap: as from a page that was loaded just now."""
    from live.feed.cursors import cursor_text
    from live.feed.placing import place_taps

    return f"{events.split('?')[0]}?after={cursor_text(place_taps(session, at_most=None))}"


def _transactions():
    from django.db import connection

    time.sleep(1.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def _taps_with_listeners(port, events, session, viewers):
    from bench import world
    from live.feed.tallies import tally_sessions

    cookies = [world.sign_in(viewer) for viewer in viewers]

    def tap(client, turn):
        who = cookies[(client * 20 + turn % 20) % len(cookies)]
        return world.tap_request(f"/live/{session.pk}/tap/", who, gift="panda", quantity=1, price=5)

    many = SIZES.listeners_of_taps
    speeds = {0: [], many: []}
    for round_ in range(TURNS):
        # There and back, so that a machine that gets slower does so for both.
        for count in sorted(speeds, reverse=round_ % 2):
            say(f"taps/s with {count} listeners, turn {round_ + 1} of {TURNS}")
            # The worker tallies every few seconds. Without a tally every tick would sum all taps of the live.
            tally_sessions()
            with listening(port, _from_now(events, session), count):
                seconds, warm_up = SIZES.latency_seconds, SIZES.warm_up
                load = run_load(port, tap, clients=SIZES.clients // 2, seconds=seconds, warm_up=warm_up)
                speeds[count].append(load.only_200("taps").per_second)
    without, with_ = (statistics.mean(speeds[count]) for count in (0, many))
    yield Row("taps/s of one process, nobody listens", without)
    yield Row(f"taps/s of one process, {many} listen", with_)
    yield Row(f"taps with {many} listeners / without", with_ / without, at_least=0.85)


# --- Taps at a pace -----------------------------------------------------------------------------


class Tapping:
    """Taps at an even pace from threads, as long as the block."""

    # Each thread keeps a connection. The pool has eight, one of them for the measuring thread.
    THREADS = 6

    def __init__(self, tap, rate=TAPS_A_SECOND):
        self.tap, self.rate = tap, rate
        self.done = 0
        self.seconds = None

    def __enter__(self):
        self._ended, self._lock, self._began = threading.Event(), threading.Lock(), time.monotonic()
        self._threads = [threading.Thread(target=self._go, args=(n,)) for n in range(self.THREADS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began

    def _go(self, number):
        from django.db import connection

        turn = number
        while not self._ended.wait(max(0, self._began + turn / self.rate - time.monotonic())):
            self.tap(turn)
            turn += self.THREADS
            with self._lock:
                self.done += 1
        connection.close()


def _tap_over_http(port, session, cookies):
    from bench import world

    request = world.tap_request(f"/live/{session.pk}/tap/", cookies, gift="panda", quantity=1, price=5)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.connect()
    line.sock.sendall(request)
    answer = http.client.HTTPResponse(line.sock)
    answer.begin()
    if answer.status != 200:
        raise RuntimeError(f"a tap was answered with {answer.status}")
    answer.read()
    line.close()


def _tap_directly(session, viewer):
    from live.gifts.taps import tap_gift

    tap_gift(viewer=viewer, session_id=session.pk, gift_slug="panda", price=5, quantity=1, tap_id=uuid4())


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
