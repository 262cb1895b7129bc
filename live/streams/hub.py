"""The hub of a process: its rooms and seats, and how both are closed."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Coroutine
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from live.streams import reading
from live.streams.broadcast import Room
from live.streams.listeners import Listener, Send
from live.streams.seats import Seat, Seats

# The key under which a server that can stream puts a Door into a request's environment.
DOOR = "ovation.streams"
# Seconds between two rounds, which end expired and revoked streams: a pushed frame doesn't wake a listener's task, so
# the task doesn't check by itself. One piece may take STUCK_SECONDS to be sent.
ROUND_SECONDS = 5
STUCK_SECONDS = 20
SECONDS_TO_END = 1

log = logging.getLogger(__name__)


class Door:
    """The place in a request's environment where the view leaves its Stream for the server."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.stream: Stream | None = None


class Stream:
    """An opened stream: its seat is taken, but it isn't served yet."""

    def __init__(self, hub: "Hub", session_id: UUID, place: int, seat: Seat) -> None:
        self.hub, self.session_id, self.place, self.seat = hub, session_id, place, seat

    def send_to(self, send: Send) -> Awaitable[None]:
        """Await `send(bytes)` with each piece until the stream ends. Cancellation frees the seat."""
        return self.hub.serve(self, send)

    def close(self) -> None:
        self.hub.seats.leave(self.seat)


class Hub:
    """All streams of one process. Call its methods on the event loop; only `open` may run in any thread."""

    def __init__(self) -> None:
        self.seats = Seats()
        self.rooms: dict[UUID, Room] = {}
        self.is_closing = False
        self._readers = reading.Readers()
        self._listeners: set[Listener] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._round: asyncio.Task[None] | None = None

    def open(self, session_id: UUID, place: int, *, person: int | None, address: str, is_viewer: bool = True) -> Stream:
        """Take a seat (see Seats.take), from any thread; return its Stream or raise a Refusal."""
        seat = self.seats.take(person=person, address=address, is_viewer=is_viewer)
        return Stream(self, session_id, place, seat)

    async def serve(self, stream: Stream, send: Send) -> None:
        """Send a listener its pieces until the stream ends."""
        listener = Listener(stream.seat, send)
        listener.task = asyncio.current_task()
        room = self._enter(stream.session_id, listener)
        self._listeners.add(listener)
        try:
            await room.serve(listener, stream.place)
        except (DatabaseError, InterfaceError):
            log.warning("A stream ended early; its listener comes back.", exc_info=True)
        finally:
            room.listeners.discard(listener)
            self._listeners.discard(listener)
            stream.close()

    def _enter(self, session_id: UUID, listener: Listener) -> Room:
        room = self.rooms.get(session_id)
        if room is None:
            room = self.rooms[session_id] = Room(session_id, self._readers)
            room.is_closing = self.is_closing
            room.listeners.add(listener)
            self._run(self._keep(room))
        if self._round is None:
            self._round = self._run(self._make_rounds())
        room.listeners.add(listener)
        return room

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _keep(self, room: Room) -> None:
        """Run the room's reader. When it stops, the next listener gets a new room. Cancellation skips the query."""
        try:
            await room.read()
        except Exception:
            log.exception("The reader of a room failed; its listeners come back later.")
            room.has_failed = room.is_closing = True
        finally:
            if self.rooms.get(room.session_id) is room:
                del self.rooms[room.session_id]
            room.wake()
        with contextlib.suppress(DatabaseError, InterfaceError):
            # If this fails, the row of viewers expires by itself.
            await room.ask(reading.leave, room.session_id)

    async def _make_rounds(self) -> None:
        """Every ROUND_SECONDS, end streams that are stuck, expired, or of deactivated people."""
        while self.seats.taken and not self.is_closing:
            await asyncio.sleep(ROUND_SECONDS)
            with contextlib.suppress(DatabaseError, InterfaceError):
                await self.make_a_round()
        self._round = None

    async def make_a_round(self, now: float | None = None) -> None:
        """End streams once. `now` is monotonic seconds. Stuck streams go first, as they need no query."""
        now = time.monotonic() if now is None else now
        for listener in self._listeners:
            is_stuck = listener.sending_since and now - listener.sending_since > STUCK_SECONDS
            if listener.task and is_stuck:
                listener.task.cancel()
        people = self.seats.people()
        if people:
            gone = await asyncio.wrap_future(self._readers.submit(reading.deactivated, people))
            self.seats.revoke(gone)
        for listener in self._listeners:
            if listener.must_go:
                listener.wake()

    def close(self) -> None:
        """End every stream with its last event. Streams still open after SECONDS_TO_END are cancelled."""
        if self.is_closing:
            return
        self.is_closing = True
        for room in self.rooms.values():
            room.is_closing = True
            room.wake()
        asyncio.get_running_loop().call_later(SECONDS_TO_END, self._cut_off)

    def _cut_off(self) -> None:
        for task in [*(listener.task for listener in self._listeners if listener.task), *self._tasks]:
            task.cancel()
