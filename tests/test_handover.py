"""The hand-over from the event loop to pages in threads: bodies of any size, unambiguous headers, broken ends."""

import asyncio

import pytest

from config import handover
from config.handover import LARGEST_BODY, PIECE, Handover

pytestmark = pytest.mark.once


class Seen:
    """A WSGI application that remembers its environment and answers with the given parts."""

    def __init__(self, parts=(b"hello",), status="200 OK"):
        self.parts, self.status, self.environ, self.body = parts, status, None, None

    def __call__(self, environ, start_response):
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start_response(self.status, [("Content-Type", "text/plain")])
        return self.parts


def ask(application, *, body=(), headers=(), **scope):
    """Send one request through a Handover; return what the server was told to send."""
    sent = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/live/", "query_string": b"a=1", "http_version": "1.1",
        "scheme": "http", "headers": [(b"content-length", b"1"), *headers], **scope,
    }  # fmt: skip
    asyncio.run(Handover(application, None, threads=1)(scope, receive, send))
    return sent


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent)


def test_a_page_gets_its_request_whole_and_its_answer_is_sent():
    page = Seen()

    sent = ask(page, body=[b"gift=", b"panda"], headers=[(b"content-type", b"text/x"), (b"host", b"localhost")])

    assert page.body == b"gift=panda"
    assert [page.environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING")] == ["POST", "/live/", "a=1"]
    assert [page.environ[name] for name in ("CONTENT_LENGTH", "CONTENT_TYPE")] == ["10", "text/x"]
    assert page.environ["HTTP_HOST"] == "localhost"
    assert (sent[0]["status"], body_of(sent)) == (200, b"hello")
    assert not sent[-1]["more_body"]


def test_a_path_in_another_script_arrives_as_bytes_do_under_wsgi():
    page = Seen()
    ask(page, path="/@zoë/")
    assert page.environ["PATH_INFO"].encode("latin1").decode() == "/@zoë/"


def test_an_underscore_can_not_pose_as_the_header_that_a_proxy_vouches_for():
    page = Seen()
    ask(page, headers=[(b"x_forwarded_for", b"1.2.3.4"), (b"x-forwarded-proto", b"https")])
    assert "HTTP_X_FORWARDED_FOR" not in page.environ
    assert page.environ["HTTP_X_FORWARDED_PROTO"] == "https"


def test_cookies_in_several_headers_are_one():
    page = Seen()
    ask(page, headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")])
    assert (page.environ["HTTP_COOKIE"], page.environ["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")


def test_a_body_larger_than_any_form_is_413_and_reaches_no_page():
    page = Seen()
    sent = ask(page, body=[b"x" * (LARGEST_BODY // 4)] * 5)
    assert sent[0]["status"] == 413
    assert page.environ is None


def test_a_long_answer_is_sent_in_pieces_and_whole():
    sent = ask(Seen(parts=[b"x" * (PIECE // 2)] * 5))
    assert len(body_of(sent)) == PIECE // 2 * 5
    assert [message["more_body"] for message in sent[1:]] == [True, True, False]


def test_an_answer_that_breaks_off_is_not_finished(caplog):
    def parts():
        yield b"x" * PIECE
        raise OSError("the disk is gone")

    sent = ask(Seen(parts=parts()))
    assert len(body_of(sent)) == PIECE
    assert all(message["more_body"] for message in sent[1:])
    assert "cut short" in caplog.text


def test_a_page_is_closed_in_its_thread_whatever_happens():
    closed = []

    class Parts(list):
        def close(self):
            closed.append(True)

    ask(Seen(parts=Parts([b"a", b"b"])))
    assert closed == [True]


def test_a_client_that_leaves_ends_the_wait():
    async def receive():
        return {"type": "http.disconnect"}

    asyncio.run(asyncio.wait_for(handover.wait_until_gone(receive), 1))
