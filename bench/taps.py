"""Taps beside a tutorial's, the ledger beside pgbench and django-hordak, and pages with a long past.

python -m bench taps
"""

import statistics

from bench.load import request_bytes, run_load
from bench.server import serving
from bench.sizes import SIZES
from bench.table import Row, say

ROUNDS = 2


def measure(server_url, url):
    """Yield the rows. The room has few earlier taps at first, and many in the end."""
    from bench import first_load, world
    from bench.tutorial import build_tutorial, serving_tutorial

    few, many = SIZES.few_taps, SIZES.many_taps
    say(f"making {SIZES.viewers} viewers and {few:,} earlier taps")
    session, viewers = world.build_world(SIZES.viewers)
    world.add_past(session, viewers, few)
    tutorial = build_tutorial(server_url, SIZES.viewers)
    with serving(url) as port, serving_tutorial(tutorial) as their_port:
        yield from _throughput(port, session, viewers, tutorial, their_port, url)
    yield from _ledger(server_url, url, viewers[0])
    yield from first_load.measure_first_load(url, session, viewers[0])
    with serving(url) as port:
        small = _latencies(port, session, viewers)
        small_queries = first_load.count_queries(session, viewers[0])
        say(f"adding {many - few:,} earlier taps")
        world.add_past(session, viewers, many - few)
        large = _latencies(port, session, viewers)
        large_queries = first_load.count_queries(session, viewers[0])
    for page, milliseconds in small.items():
        ratio = large[page] / milliseconds
        yield Row(f"{page} with {many:,} taps / with {few:,}", ratio, at_most=1.2)
        same = large_queries[page] / small_queries[page]
        yield Row(f"  queries ({small_queries[page]} and {large_queries[page]})", same, at_most=1.0)


def _throughput(port, session, viewers, tutorial, their_port, url):
    from bench import own_query, world

    cookies = [world.sign_in(viewer) for viewer in viewers]
    room = f"/live/{session.pk}/tap/"
    share = len(cookies) // SIZES.clients

    def which(client, turn):
        return client * share + turn % share

    def our_tap(client, turn):
        return world.tap_request(room, cookies[which(client, turn)], gift="panda", quantity=1, price=5)

    def their_tap(client, turn):
        return tutorial.tap(which(client, turn))

    def page(client, turn):
        return request_bytes("GET", "/bench/signed-in/", cookies=cookies[which(client, turn)])

    speeds, by_pgbench = {"tap": [], "tutorial": [], "page": []}, []
    for round_ in range(1, ROUNDS + 1):
        for name, at, make in (("tap", port, our_tap), ("tutorial", their_port, their_tap), ("page", port, page)):
            say(f"{name}, round {round_} of {ROUNDS}")
            load = run_load(at, make, clients=SIZES.clients, seconds=SIZES.load_seconds, warm_up=SIZES.warm_up)
            speeds[name].append(load.only_200(name).per_second)
        say(f"the tap's own query by pgbench, round {round_} of {ROUNDS}")
        by_pgbench.append(own_query.taps_per_second(session, viewers, url))
    ours, theirs, signed_in = (statistics.mean(speeds[name]) for name in ("tap", "tutorial", "page"))
    yield Row("taps/s", ours)
    yield Row("taps/s, the tutorial's way", theirs)
    yield Row("a page that only loads the signed-in user, per second", signed_in)
    yield Row("taps / the tutorial's taps", ours / theirs, at_least=3.5)
    yield Row("taps / signed-in page", ours / signed_in, at_least=0.40)
    alone = None if None in by_pgbench else statistics.mean(by_pgbench)
    yield Row("the tap's own query by pgbench, as many clients, per second", alone)
    yield Row("taps / the tap's own query by pgbench", ours / alone if alone else None)


def _ledger(server_url, url, viewer):
    from bench import ledgers

    say("the ledger, single-threaded")
    ours, pgbench = ledgers.post_per_second(viewer), ledgers.pgbench_per_second(viewer, url)
    ledgers.forget_postings(viewer)
    hordak = ledgers.hordak_per_second(server_url)
    yield Row("ledger.post()/s, one thread", ours)
    yield Row("pgbench/s, one client, the same SQL", pgbench)
    yield Row("django-hordak transfer_to()/s, one thread", hordak)
    yield Row("ledger.post() / pgbench", ours / pgbench if pgbench else None, at_least=0.6)
    yield Row("ledger.post() / django-hordak", ours / hordak if hordak else None, at_least=4)


def _latencies(port, session, viewers):
    """Return {page: median milliseconds} for one client."""
    from bench import world

    cookies = [world.sign_in(viewer) for viewer in viewers[:50]]
    creator = world.sign_in(session.creator.user)
    room = f"/live/{session.pk}/"

    def tap(client, turn):
        return world.tap_request(f"{room}tap/", cookies[turn % len(cookies)], gift="panda", quantity=1, price=5)

    pages = {
        "tap": tap,
        "room": lambda client, turn: request_bytes("GET", room, cookies=cookies[turn % len(cookies)]),
        "Live Gifts": lambda client, turn: request_bytes("GET", "/payouts/", cookies=creator),
    }
    medians = {}
    for name, make in pages.items():
        say(f"{name}, one client")
        load = run_load(port, make, clients=1, seconds=SIZES.latency_seconds, warm_up=SIZES.warm_up)
        medians[name] = 1000 * load.only_200(name).percentile(0.5)
    return medians
