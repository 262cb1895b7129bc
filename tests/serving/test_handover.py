"""The hand-over from the event loop to pages in threads: bodies of any size, unambiguous headers, broken ends."""

import asyncio

import pytest

from config import answers, bodies, handover
from config.answers import PIECE, Room
from config.bodies import LARGEST
from config.handover import Handover

pytestmark = [pytest.mark.once, pytest.mark.django_db]


class Seen:
    """A WSGI application that remembers its environment and answers with the given parts."""

    def __init__(self, parts=(b"hello",), status="200 OK"):
        self.parts, self.status, self.environ, self.body = parts, status, None, None

    def __call__(self, environ, start_response):
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start_response(self.status, [("Content-Type", "text/plain")])
        return self.parts


LENGTH = [(b"content-length", b"1")]


def scope_of(*, headers=LENGTH, **scope):
    return {
        "type": "http", "method": "POST", "path": "/live/", "query_string": b"a=1", "http_version": "1.1",
        "scheme": "http", "headers": headers, **scope,
    }  # fmt: skip


async def no_body():
    return {"type": "http.request", "body": b"", "more_body": False}


async def one_answer(application, size):
    """Send a body of that size; return the status of the answer."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"x" * size, "more_body": False}

    async def send(message):
        sent.append(message)

    await application(scope_of(), receive, send)
    return sent[0]["status"]


def ask(application, *, body=(), headers=LENGTH, receive=None, **scope):
    """Send one request through a Handover; return what the server was told to send."""
    sent = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive_all():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = scope_of(headers=list(headers), **scope)
    asyncio.run(Handover(application, None, threads=1)(scope, receive or receive_all, send))
    return sent


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent)


def test_a_page_gets_its_request_whole_and_its_answer_is_sent():
    page = Seen()

    sent = ask(
        page, body=[b"gift=", b"panda"], headers=[*LENGTH, (b"content-type", b"text/x"), (b"host", b"localhost")]
    )

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


# --- Bodies -------------------------------------------------------------------------------------


def test_a_body_that_is_declared_too_large_is_refused_unread():
    page, read = Seen(), []

    async def receive():
        read.append(True)
        return {"type": "http.request", "body": b"x", "more_body": True}

    ask(page, receive=receive, headers=[(b"content-length", str(LARGEST + 1).encode())])

    assert read == []
    assert (page.body, page.environ["CONTENT_LENGTH"]) == (b"", str(LARGEST + 1))


def test_a_body_without_a_length_is_read_no_further_than_its_view_needs():
    page, read = Seen(), []

    async def receive():
        read.append(True)
        return {"type": "http.request", "body": b"x" * 2**16, "more_body": True}

    ask(page, receive=receive, headers=[(b"transfer-encoding", b"chunked")])

    assert len(read) == LARGEST // 2**16 + 1
    assert (page.body, int(page.environ["CONTENT_LENGTH"]) > LARGEST) == (b"", True)


def test_a_body_without_a_length_over_http_2_arrives():
    page = Seen()
    ask(page, body=[b"gift=", b"panda"], headers=[], http_version="2")
    assert (page.body, page.environ["CONTENT_LENGTH"]) == (b"gift=panda", "10")


def test_a_body_that_breaks_off_reaches_no_page():
    page, messages = Seen(), [{"type": "http.request", "body": b"quantity=1", "more_body": True}]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    assert ask(page, receive=receive) == []
    assert page.environ is None


def test_a_body_that_comes_too_slowly_is_408(monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS", 0.01)
    page = Seen()
    sent = ask(page, receive=lambda: asyncio.sleep(60))
    assert (sent[0]["status"], page.environ) == (408, None)


def test_bodies_of_a_process_are_bounded_together_and_a_form_is_always_taken(monkeypatch):
    monkeypatch.setattr(bodies, "AT_MOST", 3 * bodies.SMALL)
    page, waiting = Seen(), asyncio.Event()

    async def ask_beside_unfinished():
        application = Handover(page, None, threads=1)
        unfinished = [{"type": "http.request", "body": b"x" * 2 * bodies.SMALL, "more_body": True}]

        async def receive():
            return unfinished.pop() if unfinished else await waiting.wait()

        first = asyncio.ensure_future(application(scope_of(), receive, None))
        await asyncio.sleep(0.01)
        answers = [await one_answer(application, size) for size in (2 * bodies.SMALL, bodies.SMALL)]
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return [*answers, await one_answer(application, 2 * bodies.SMALL)]

    assert asyncio.run(ask_beside_unfinished()) == [503, 200, 200]


# --- Answers ------------------------------------------------------------------------------------


class Reader:
    """A client that accepts a piece only after a permit."""

    def __init__(self):
        self.may_take, self.sent = asyncio.Event(), []

    async def send(self, message):
        await self.may_take.wait()
        self.sent.append(message)

    @property
    def body(self):
        return body_of(self.sent)


def test_a_reader_that_takes_nothing_holds_no_thread():
    whole = [bytes([number]) * PIECE for number in range(20)]

    async def ask_beside_slow_readers():
        application = Handover(Seen(parts=whole), None, threads=1)
        slow = [Reader() for _ in range(3)]
        waiting = [asyncio.ensure_future(application(scope_of(), no_body, reader.send)) for reader in slow]
        await asyncio.sleep(0)
        status = await asyncio.wait_for(one_answer(application, 1), 5)
        for reader in slow:
            reader.may_take.set()
        await asyncio.gather(*waiting)
        return status, [reader.body for reader in slow]

    assert asyncio.run(ask_beside_slow_readers()) == (200, [b"".join(whole)] * 3)


def test_a_long_answer_without_room_is_cut_short_soon_and_gives_its_room_back(monkeypatch, caplog):
    room = Room(3 * PIECE)
    monkeypatch.setattr(answers, "room", room)
    monkeypatch.setattr(answers, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(answers, "SEND_SECONDS", 0.5)

    async def ask_as_slow_reader():
        application, reader = Handover(Seen(parts=[b"x" * PIECE] * 20), None, threads=1), Reader()
        await asyncio.wait_for(application(scope_of(), no_body, reader.send), 5)
        return reader.sent

    assert asyncio.run(ask_as_slow_reader()) == []
    assert "cut short" in caplog.text
    assert room.take(3 * PIECE)


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
