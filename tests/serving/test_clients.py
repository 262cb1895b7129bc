"""Clients that read slowly, send too much, or speak HTTP/2, against a real server with two threads for pages."""

import http.client
import socket
import time

import pytest

from tests.real_server import serving
from tests.serving import http2
from tests.serving.pages import PIECE, PIECES

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), serving(application="tests.serving.pages:application") as (server,):
        yield server


def ask(server, path, method="GET", body=None, **headers):
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def open_line(server, head):
    """Send the head of a request on a connection that takes little before it is read from."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(10)
    line.connect(("127.0.0.1", server.port))
    line.sendall(head.encode() + b"\r\nHost: localhost\r\n\r\n")
    return line


def test_fourteen_readers_who_do_not_read_hold_up_nobody(server):
    lines = [open_line(server, "GET /long HTTP/1.1") for _ in range(14)]
    began = time.monotonic()
    try:
        answers = [ask(server, path) for path in ("/page", "/healthz", "/page")]
    finally:
        for line in lines:
            line.close()

    assert answers == [(200, b"sent: ")] * 3
    assert time.monotonic() - began < 5


def test_a_reader_who_waits_gets_the_whole_of_it(server):
    line = open_line(server, "GET /long HTTP/1.0")
    time.sleep(1)
    received = line.makefile("rb").read()
    assert received.count(b"x") >= len(PIECE) * PIECES


def test_a_body_without_a_length_over_http_2_arrives(server):
    answer = http2.post(server.port, b"/form", b"gift=panda&quantity=1")

    assert answer == b"sent: gift=panda&quantity=1"


def test_a_chunked_body_arrives(server):
    pieces = iter([b"gift=", b"panda"])
    assert ask(server, "/form", "POST", pieces) == (200, b"sent: gift=panda")


def test_a_site_refuses_a_body_by_its_length_before_it_is_sent():
    with serving() as (site,):
        line = open_line(site, f"POST /wallet/recharge/ HTTP/1.1\r\nContent-Length: {30 * 2**20}")
        answer = http.client.HTTPResponse(line)
        answer.begin()
        words = answer.read().decode()
        line.close()

    assert answer.status == 413
    assert "This page takes at most 1 MB. Nothing was changed." in words
