"""`make bench`: the performance table, measured in one run on one machine.

    python -m bench                       on an embedded PostgreSQL, with fsync on
    python -m bench withdrawals           one part of it alone, or several; PARTS names them
    BENCH_DATABASE_URL=postgres://… python -m bench

Ratios are what counts; absolute numbers change with the machine.
"""

import os
import platform
import statistics
import sys
from contextlib import nullcontext
from importlib import import_module

from bench.database import fresh_database
from bench.load import request_bytes, run_load
from bench.server import PROCESSES, THREADS, serving
from bench.table import Row, print_table
from tests import postgres

CLIENTS = 32
VIEWERS = 640
SMALL, LARGE = 10_000, 1_000_000


# In the order in which they run: each leaves its rows in the database behind. A part yields Rows.
PARTS = {
    "withdrawals": "bench.withdrawals",
    "taps": "bench.__main__",
    "statements": "bench.statements",
    "feed": "bench.feed",
}


def main():
    given = os.environ.get("BENCH_DATABASE_URL")
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    with nullcontext(given) if given else postgres.running(durable=True) as server_url:
        url = fresh_database(server_url)
        rows = []
        for part in wanted:
            for row in import_module(PARTS[part]).measure(server_url, url):
                say(f"{row.name}: {row.measured}")
                rows.append(row)
        print_table(_machine(), rows)
    sys.exit(any(row.falls_short for row in rows))


def measure(server_url, url):
    from bench import first_load, world

    say(f"making {VIEWERS} viewers and {SMALL:,} earlier taps")
    session, viewers = world.build_world(VIEWERS)
    world.add_past(session, viewers, SMALL)
    with serving(url) as port:
        yield from _throughput(port, session, viewers)
    yield from _ledger(server_url, url, viewers[0])
    yield from first_load.measure_first_load(url, session, viewers[0])
    with serving(url) as port:
        small = _latencies(port, session, viewers)
        small_statements = first_load.count_statements(session, viewers[0])
        say(f"adding {LARGE - SMALL:,} earlier taps")
        world.add_past(session, viewers, LARGE - SMALL, start=SMALL)
        large = _latencies(port, session, viewers)
        large_statements = first_load.count_statements(session, viewers[0])
    for page, milliseconds in small.items():
        ratio = large[page] / milliseconds
        yield Row(f"{page} with {LARGE:,} taps / with {SMALL:,}", ratio, at_most=1.3)
        same = large_statements[page] / small_statements[page]
        yield Row(f"  statements ({small_statements[page]} and {large_statements[page]})", same, at_most=1.0)


def _throughput(port, session, viewers):
    from bench import world

    cookies = [world.sign_in(viewer) for viewer in viewers]
    room, creator = f"/live/{session.pk}/tap/", session.creator_id
    share = len(cookies) // CLIENTS

    def whose(client, turn):
        return cookies[client * share + turn % share]

    def our_tap(client, turn):
        return world.tap_request(room, whose(client, turn), gift="panda", quantity=1, price=5)

    def their_tap(client, turn):
        return world.tap_request(f"/bench/tutorial/{creator}/tap/", whose(client, turn), gift="panda")

    def page(client, turn):
        return request_bytes("GET", "/bench/signed-in/", cookies=whose(client, turn))

    speeds = {"tap": [], "tutorial": [], "page": []}
    for round_ in (1, 2):
        for name, make in (("tap", our_tap), ("tutorial", their_tap), ("page", page)):
            say(f"{name}, round {round_} of 2")
            load = run_load(port, make, clients=CLIENTS)
            if load.failures:
                raise RuntimeError(f"{name}: answers other than 200: {load.statuses}")
            speeds[name].append(load.per_second)
    ours, theirs, signed_in = (statistics.mean(speeds[name]) for name in ("tap", "tutorial", "page"))
    yield Row("taps/s", ours)
    yield Row("taps/s, the tutorial's way", theirs)
    yield Row("a page that only loads the signed-in user, per second", signed_in)
    yield Row("taps / the tutorial's taps", ours / theirs, at_least=3.5)
    yield Row("taps / signed-in page", ours / signed_in, at_least=0.40)


def _ledger(server_url, url, viewer):
    from bench import ledgers

    say("the ledger, single-threaded")
    ours, pgbench = ledgers.post_per_second(viewer), ledgers.pgbench_per_second(viewer, url)
    hordak = ledgers.hordak_per_second(server_url)
    yield Row("ledger.post()/s, one thread", ours)
    yield Row("pgbench/s, one client, the same SQL", pgbench)
    yield Row("django-hordak transfer_to()/s, one thread", hordak)
    yield Row("ledger.post() / pgbench", ours / pgbench if pgbench else None, at_least=0.45)
    yield Row("ledger.post() / django-hordak", ours / hordak if hordak else None, at_least=2.5)


def _latencies(port, session, viewers):
    """Return {page: median milliseconds} for one client."""
    from bench import world

    cookies = [world.sign_in(viewer) for viewer in viewers[:50]]
    creator = world.sign_in(session.creator.user)
    room = f"/live/{session.pk}/"

    def tap(client, turn):
        return world.tap_request(f"{room}tap/", cookies[turn % 50], gift="panda", quantity=1, price=5)

    pages = {
        "tap": tap,
        "room": lambda client, turn: request_bytes("GET", room, cookies=cookies[turn % 50]),
        "Live Gifts": lambda client, turn: request_bytes("GET", "/payouts/", cookies=creator),
    }
    medians = {}
    for name, make in pages.items():
        say(f"{name}, one client")
        load = run_load(port, make, clients=1, seconds=4)
        if load.failures:
            raise RuntimeError(f"{name}: answers other than 200: {load.statuses}")
        medians[name] = 1000 * load.percentile(0.5)
    return medians


def _machine():
    import django
    import granian
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        settings = ", ".join(f"{name} {setting}" for name, setting in cursor.fetchall())
    return [
        f"{os.cpu_count()} cores, {platform.machine()}",
        f"Python {platform.python_version()}, Django {django.__version__}",
        f"granian {granian.__version__}: {PROCESSES} processes of {THREADS} threads; {CLIENTS} clients, one room",
        f"PostgreSQL {version} ({settings})",
    ]


def say(what):
    print(f"  … {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
