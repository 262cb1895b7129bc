"""The site under an ASGI server: pages run in threads, as under WSGI, and streams on the event loop.

Django's own ASGI handler would move every synchronous view between loop and threads, several times per request.
docs/adr has the numbers. A view that wants to stream leaves the stream at the Door in its environment and answers with
headers alone: so access, cookies and headers of a stream are those of any page, and no view runs on the loop.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Thread
from types import FrameType
from typing import Any

from config.answers import Page
from config.asgi_types import Application, Receive, Scope, Send
from config.bodies import Bodies, Body, Gone, NotTaken
from config.no_database import asks_no_database
from live.streams.hub import DOOR, Door, Hub, Stream
from people.brand import never_wait, read_aside

# Threads for requests that need no database.
QUICK_THREADS = 2


class Handover:
    """An ASGI application in front of a WSGI one, with a hub of streams."""

    def __init__(self, application: Application, hub: Hub, *, threads: int) -> None:
        self.application, self.hub = application, hub
        self._pages = ThreadPoolExecutor(threads, "page")
        self._bodies = Bodies()
        self._quick = ThreadPoolExecutor(QUICK_THREADS, "quick", never_wait)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        end_on_signals(self.hub.close)
        # The brand is read before the first page: a log-in form never waits for it.
        Thread(target=read_aside, name="brand", daemon=True).start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        door, loop = Door(self.hub), asyncio.get_running_loop()
        try:
            async with self._bodies.reading(scope, receive) as body:
                page = Page(self.application, environment(scope, body, door), loop, send)
                await loop.run_in_executor(self._quick if asks_no_database(scope) else self._pages, page.make)
        except Gone:
            return
        except NotTaken as refusal:
            await send_words(send, refusal.status, refusal.words)
            return
        try:
            await page.send_rest(more=door.stream is not None)
            if door.stream:
                await send_stream(door.stream, receive, send)
        finally:
            if door.stream:
                door.stream.close()


async def send_stream(stream: Stream, receive: Receive, send: Send) -> None:
    """Send a stream until it ends or its client goes away."""

    # Not a coroutine of its own: this runs for every piece of every listener.
    def send_piece(piece: bytes) -> Awaitable[None]:
        return send({"type": "http.response.body", "body": piece, "more_body": True})

    sending = asyncio.ensure_future(stream.send_to(send_piece))
    leaving = asyncio.ensure_future(wait_until_gone(receive))
    await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, leaving):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
        await send({"type": "http.response.body", "body": b""})


async def wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_words(send: Send, status: int, words: str) -> None:
    """Answer without a page."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


def environment(scope: Scope, body: Body, door: Door) -> dict[str, Any]:
    """Return the environment of a request as PEP 3333 has it."""
    body.file.seek(0)
    root = scope.get("root_path", "")
    server, client = scope.get("server") or ("localhost", 0), scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin1"),
        "PATH_INFO": scope["path"].removeprefix(root).encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        DOOR: door,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin1"), raw_value.decode("latin1")
        # `X_Forwarded_For` would look like `X-Forwarded-For`, which a proxy vouches for.
        if "_" in name or name.lower() in ("content-length", "content-type"):
            if name.lower() == "content-type":
                environ["CONTENT_TYPE"] = value
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(body.size)
    return environ


def end_on_signals(close: Callable[[], None]) -> None:
    """Let SIGTERM and SIGINT call `close` on the loop, beside what the server does: it waits for streams, we end them.

    An event loop receives signals through its wake-up descriptor; the handler replaced here does nothing itself.
    """
    loop = asyncio.get_running_loop()

    def end(number: int, frame: FrameType | None, before: Any) -> None:
        loop.call_soon_threadsafe(close)
        if callable(before):
            before(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        signal.signal(number, partial(end, before=before))
        signal.siginterrupt(number, False)
