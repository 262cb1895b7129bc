"""A thread makes each answer, and the event loop sends it. A slow reader costs room, never the thread.

A short answer is kept until its thread is done. A long one is spooled: the thread writes as fast as it can, the loop
sends as fast as the reader takes it. Unsent pieces wait in memory, then in a file; both are bounded.
"""

import asyncio
import collections
import contextlib
import logging
import os
import tempfile
import threading
import time
from concurrent.futures import Future
from io import FileIO
from typing import Any

from config.asgi_types import Application, Message, Send
from live.streams.listeners import Begun

# A body is sent in pieces of this size.
PIECE = 2**18
# Unsent pieces of one answer in memory. Further ones go to its file.
IN_MEMORY = 2 * PIECE
# The file of one answer, the files of all answers of a process, and how long in all a thread waits for room there.
IN_ONE_FILE = 64 * 2**20
IN_FILES = 256 * 2**20
WAIT_SECONDS = 2
PAUSE_SECONDS = 0.05
# A reader that takes nothing for so long has left.
SEND_SECONDS = 60

log = logging.getLogger(__name__)


class ReaderTooSlow(Exception):
    """The reader takes too little, and there is no room for more of its answer."""


class Room:
    """Bytes that all files of a process may take up together."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Take so many bytes; return whether they were free."""
        with self._lock:
            is_enough = self._free >= size
            self._free -= size if is_enough else 0
            return is_enough

    def give_back(self, size: int) -> None:
        with self._lock:
            self._free += size


room = Room(IN_FILES)


class Spool:
    """Pieces between one thread that writes and the loop that reads, in their order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._news = asyncio.Event()
        self._pieces: collections.deque[bytes] = collections.deque()
        self._file: FileIO | None = None
        self._in_memory = self._read_to = self._written_to = 0
        self._patience: float = WAIT_SECONDS
        self._has_ended = self._is_given_up = False

    # --- In the thread --------------------------------------------------------------------------

    def write(self, piece: bytes) -> None:
        """Keep a piece. Raise ReaderTooSlow if there is no room for it."""
        with self._lock:
            if self._is_given_up:
                raise ReaderTooSlow
            is_in_memory = self._written_to == 0 and self._in_memory + len(piece) <= IN_MEMORY
            if is_in_memory:
                self._pieces.append(piece)
                self._in_memory += len(piece)
        if not is_in_memory:
            self._write_to_file(piece)
        self._tell()

    def end(self) -> None:
        with self._lock:
            self._has_ended = True
        self._tell()

    def _write_to_file(self, piece: bytes) -> None:
        self._find_room(len(piece))
        with self._lock:
            if self._is_given_up:
                room.give_back(len(piece))
                raise ReaderTooSlow
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            os.pwrite(self._file.fileno(), piece, self._written_to)
            self._written_to += len(piece)

    def _find_room(self, size: int) -> None:
        """Take room for a piece. Only here a thread waits for a reader, for WAIT_SECONDS at most."""
        while self._written_to + size > IN_ONE_FILE or not room.take(size):
            if self._patience <= 0 or self._is_given_up:
                raise ReaderTooSlow
            time.sleep(PAUSE_SECONDS)
            self._patience -= PAUSE_SECONDS

    def _tell(self) -> None:
        # The loop is closed when the process ends in the middle of an answer.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.set)

    # --- On the loop ----------------------------------------------------------------------------

    async def read(self) -> bytes:
        """Return the next piece, or b"" when everything was read."""
        while True:
            with self._lock:
                piece = self._next()
                if piece or self._has_ended:
                    return piece
                self._news.clear()
            await self._news.wait()

    def give_up(self) -> None:
        """Drop every piece that wasn't read. The thread ends at its next write."""
        with self._lock:
            self._is_given_up = True
            self._pieces.clear()
            if self._file:
                self._file.close()
                self._file = None
                room.give_back(self._written_to)
            self._read_to = self._written_to = 0

    def _next(self) -> bytes:
        if self._pieces:
            piece = self._pieces.popleft()
            self._in_memory -= len(piece)
            return piece
        if self._read_to == self._written_to:
            return b""
        assert self._file, "what was written is in a file"
        piece = os.pread(self._file.fileno(), PIECE, self._read_to)
        self._read_to += len(piece)
        if self._read_to == self._written_to:
            # All of it was read: the file begins anew.
            self._file.truncate(0)
            room.give_back(self._written_to)
            self._read_to = self._written_to = 0
        return piece


class Page:
    """An answer of the WSGI application. A thread makes it, the loop sends it."""

    def __init__(
        self, application: Application, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, send: Send
    ) -> None:
        self.application, self.environ = application, environ
        self._loop, self._send = loop, send
        self._start: Message | None = None
        self._spool: Spool | None = None
        self._sending: Future[None] | None = None
        self._rest = b""
        self._is_broken = False

    # --- In the thread --------------------------------------------------------------------------

    def make(self) -> None:
        """Run the application to the end and close it, in this thread."""
        parts = self.application(self.environ, self._start_response)
        gathered, size = [], 0
        try:
            for part in parts:
                gathered.append(part)
                size += len(part)
                if size >= PIECE:
                    self._hand_over(b"".join(gathered))
                    gathered, size = [], 0
        except Exception:
            # Django answers what its views raise; this is a reader that is too slow, or a body that failed half-way.
            self._is_broken = True
            log.warning("An answer was cut short.", exc_info=True)
        finally:
            if hasattr(parts, "close"):
                parts.close()
            if self._spool:
                self._spool.end()
        self._rest = b"".join(gathered)

    def _start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        pairs = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}

    def _hand_over(self, piece: bytes) -> None:
        if self._spool is None:
            self._spool = Spool(self._loop)
            self._sending = asyncio.run_coroutine_threadsafe(self._send_spooled(self._spool), self._loop)
        for begin in range(0, len(piece), PIECE):
            self._spool.write(piece[begin : begin + PIECE])

    # --- On the loop ----------------------------------------------------------------------------

    async def send_rest(self, *, more: bool = False) -> None:
        """Send the rest. A body that broke off isn't finished, so that the client notices it."""
        if self._sending:
            await asyncio.wrap_future(self._sending)
        if self._is_broken and self._start is None:
            return
        with contextlib.suppress(TimeoutError):
            await self._send_start()
            if not more or self._rest:
                await self._send_piece(self._rest, more=more or self._is_broken)

    async def _send_spooled(self, spool: Spool) -> None:
        try:
            await self._send_start()
            while piece := await spool.read():
                await self._send_piece(piece, more=True)
        except Exception:
            self._is_broken = True
            log.info("The reader of a long answer left.", exc_info=True)
        finally:
            spool.give_up()

    async def _send_start(self) -> None:
        if self._start:
            start, self._start = self._start, None
            await self._send_in_time(start)

    async def _send_piece(self, piece: bytes, *, more: bool) -> None:
        await self._send_in_time({"type": "http.response.body", "body": piece, "more_body": more})

    async def _send_in_time(self, message: Message) -> None:
        """Send a message. Only one that has to wait needs a timer: the server takes most of them at once."""
        steps = self._send(message).__await__()
        try:
            asked = next(steps)
        except StopIteration:
            return
        async with asyncio.timeout(SEND_SECONDS):
            await Begun(steps, asked)
