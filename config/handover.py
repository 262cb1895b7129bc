"""The site under an ASGI server: pages run as under WSGI, in threads; streams go on from there on the event loop.

Django's own ASGI handler would move every synchronous view between loop and threads, several times per request.
docs/adr has the numbers. A view that wants to stream leaves the stream at the Door in its environment and answers with
headers alone: so access, cookies and headers of a stream are those of any page, and no view runs on the loop.
"""

import asyncio
import contextlib
import logging
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from config.lanes import asks_no_database
from live.streams.hub import DOOR, Door

# Threads for what asks no database.
QUICK_THREADS = 2
LARGEST_BODY = 32 * 2**20
IN_MEMORY = 2**20
# A body is sent in pieces of this size; only larger ones go back and forth between thread and loop.
PIECE = 2**18
SEND_SECONDS = 60

log = logging.getLogger(__name__)


class Handover:
    """An ASGI application in front of a WSGI one, with a hub of streams."""

    def __init__(self, application, hub, *, threads):
        self.application, self.hub = application, hub
        self._pages = ThreadPoolExecutor(threads, "page")
        self._quick = ThreadPoolExecutor(QUICK_THREADS, "quick")

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive, send):
        await receive()
        end_on_signals(self.hub.close)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope, receive, send):
        body = await read_body(scope, receive)
        if body is None:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        door, loop = Door(self.hub), asyncio.get_running_loop()
        page = Page(self.application, environment(scope, body, door), loop, send)
        await loop.run_in_executor(self._quick if asks_no_database(scope) else self._pages, page.make)
        try:
            await page.send_rest(more=door.stream is not None)
            if door.stream:
                await send_stream(door.stream, receive, send)
        finally:
            if door.stream:
                door.stream.close()


class Page:
    """One answer of the WSGI application, made in a thread and sent from the loop."""

    def __init__(self, application, environ, loop, send):
        self.application, self.environ = application, environ
        self._loop, self._send_on_loop = loop, send
        self._start = None
        self._rest = b""
        self._is_broken = False

    def make(self):
        """Run the application to the end and close it, in this thread. Long bodies are sent on the way."""
        parts = self.application(self.environ, self._start_response)
        held, size = [], 0
        try:
            for part in parts:
                held.append(part)
                size += len(part)
                if size >= PIECE:
                    self._send_now(b"".join(held))
                    held, size = [], 0
        except Exception:
            # Django answers what its views raise; this is a client that went away, or a body that failed half-way.
            self._is_broken = True
            log.warning("An answer was cut short.", exc_info=True)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        self._rest = b"".join(held)

    async def send_rest(self, *, more=False):
        """Send what is left. A body that broke off isn't finished, so that the client can tell."""
        if self._is_broken and self._start is None:
            return
        await self._send_start()
        if not more or self._rest:
            is_open = more or self._is_broken
            await self._send_on_loop({"type": "http.response.body", "body": self._rest, "more_body": is_open})

    def _start_response(self, status, headers, exc_info=None):
        pairs = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}

    async def _send_start(self):
        if self._start:
            start, self._start = self._start, None
            await self._send_on_loop(start)

    def _send_now(self, piece):
        asyncio.run_coroutine_threadsafe(self._send_piece(piece), self._loop).result(SEND_SECONDS)

    async def _send_piece(self, piece):
        await self._send_start()
        await self._send_on_loop({"type": "http.response.body", "body": piece, "more_body": True})


async def send_stream(stream, receive, send):
    """Send a stream until it ends or its client goes away."""

    # Not a coroutine of its own: this runs for every piece of every listener.
    def send_piece(piece):
        return send({"type": "http.response.body", "body": piece, "more_body": True})

    sending = asyncio.ensure_future(stream.send_to(send_piece))
    leaving = asyncio.ensure_future(wait_until_gone(receive))
    await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, leaving):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
        await send({"type": "http.response.body", "body": b""})


async def wait_until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(scope, receive):
    """Return the body as a file, and None if it is larger than any form of the site."""
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    if not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
        return body
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body.write(message.get("body", b""))
        if body.tell() > LARGEST_BODY:
            return None
        more = message.get("more_body", False)
    return body


def environment(scope, body, door):
    """Return the environment of a request as PEP 3333 has it."""
    size = body.tell()
    body.seek(0)
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
        "wsgi.input": body,
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
    environ["CONTENT_LENGTH"] = str(size)
    return environ


def end_on_signals(close):
    """Let SIGTERM and SIGINT call `close` on the loop, beside what the server does: it waits for streams, we end them.

    An event loop hears of a signal through its wake-up descriptor; the handler replaced here does nothing of its own.
    """
    loop = asyncio.get_running_loop()

    def end(number, frame, before):
        loop.call_soon_threadsafe(close)
        if callable(before):
            before(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        signal.signal(number, lambda number, frame, before=before: end(number, frame, before))
        signal.siginterrupt(number, False)
