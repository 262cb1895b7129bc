"""Processor time of a request, in the server and in the database: it hardly depends on other programs of the machine.

python -m bench cpu
"""

import socket

from bench.load import request_bytes
from bench.processes import cpu_of_all, parent_of, server_of
from bench.server import serving
from bench.sizes import SIZES
from bench.table import Row, say

# The kinds of requests take turns, so that a change of the machine's speed meets all of them.
TURNS = 8
WARM_UP = 30
VIEWERS = 50


def measure(server_url, url):
    from bench import world
    from bench.tutorial import build_tutorial, serving_tutorial

    session, viewers = world.build_world(VIEWERS)
    cookies = [world.sign_in(viewer) for viewer in viewers]
    tutorial = build_tutorial(server_url, VIEWERS)
    requests = {
        "/healthz": lambda n: request_bytes("GET", "/healthz"),
        "a signed-in page": lambda n: request_bytes("GET", "/bench/signed-in/", cookies=cookies[n % VIEWERS]),
        "a tap": lambda n: world.tap_request(
            f"/live/{session.pk}/tap/", cookies[n % VIEWERS], gift="panda", quantity=1, price=5
        ),
        "the tutorial's tap": tutorial.tap,
    }
    with serving(url, processes=1) as port, serving_tutorial(tutorial, processes=1) as their_port:
        ports = dict.fromkeys(requests, port) | {"the tutorial's tap": their_port}
        used = _measure_in_turns(requests, ports)
    yield from _rows(used)


def _measure_in_turns(requests, ports):
    """Return {kind: (seconds of the server, seconds of the database)} for SIZES.requests of each kind."""
    database = _database()
    used = dict.fromkeys(requests, (0.0, 0.0))
    for kind, make in requests.items():
        _send(ports[kind], make, WARM_UP)
    for turn in range(TURNS):
        say(f"{SIZES.requests // TURNS} requests of each kind, turn {turn + 1} of {TURNS}")
        for kind, make in requests.items():
            server = server_of(ports[kind])
            before = cpu_of_all(server), _cpu_of_database(database)
            _send(ports[kind], make, SIZES.requests // TURNS)
            after = cpu_of_all(server), _cpu_of_database(database)
            used[kind] = tuple(sum_ + end - start for sum_, start, end in zip(used[kind], before, after, strict=True))
    return used


def _rows(used):
    for kind, (server, database) in used.items():
        yield Row(f"milliseconds of {kind}, server", 1000 * server / SIZES.requests)
        if kind != "/healthz" and database is not None:
            yield Row(f"milliseconds of {kind}, database", 1000 * database / SIZES.requests)
    total = {kind: max(server + database, 1e-9) for kind, (server, database) in used.items()}
    tap, health = total["a tap"], total["/healthz"]
    yield Row("CPU of a signed-in page / of /healthz", total["a signed-in page"] / health, at_most=2.0)
    yield Row("CPU of a tap / of /healthz", tap / health, at_most=4.5)
    yield Row("CPU of a tap / of the tutorial's tap", tap / total["the tutorial's tap"], at_most=0.4)


def _database():
    """Return PostgreSQL's first process; None if it runs on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        return parent_of(backend)
    except OSError:
        say("the database runs on another machine: its processor time isn't measured")
        return None


def _cpu_of_database(first):
    return cpu_of_all(first) if first else 0.0


def _send(port, make, count):
    """Send requests one after the other on one connection; raise if one isn't answered with 200."""
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        for number in range(count):
            line.sendall(make(number))
            _read(answers)


def _read(answers):
    status, length = int(answers.readline().split()[1]), 0
    while (header := answers.readline().strip()) != b"":
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = answers.read(length)
    if status != 200:
        raise RuntimeError(f"an answer of {status}: {body[:300]}")
