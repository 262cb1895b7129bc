"""A room of listeners: one reader, the last frames, and each listener's number in them.

Listeners have no queues: the room keeps the last frames once, and each listener is an index into them. A listener that
falls behind the oldest frame is cancelled and resumes by its cursor, so a slow connection costs no memory and delays no
other listener. A listener that has every frame gets the next one from `_publish`; its task stays asleep. The other
listeners fetch their frames from their own tasks.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from live.models import LiveSession
from live.room.board import Board
from live.room.presence import SAY_SECONDS
from live.streams import reading
from live.streams.frames import AGAIN, HEARTBEAT, OPENING, Frame, event
from live.streams.listeners import Listener
from live.streams.reading import Readers

T = TypeVar("T")

KEPT_FRAMES = 64
KEPT_ANSWERS = 64
HEARTBEAT_SECONDS = 15
# Seconds between two queries for the live itself (its end, its creator's changes), and for the board.
END_SECONDS = 1
BOARD_SECONDS = 1
# After this long without a tap the reader slows down by IDLE_TICKS.
IDLE_SECONDS = 10
IDLE_TICKS = 2
DATABASE_AWAY_SECONDS = 2

log = logging.getLogger(__name__)


class Room:
    """The listeners of one live in this process. It runs on the event loop while it has listeners."""

    def __init__(self, session_id: UUID, readers: Readers) -> None:
        self.session_id = session_id
        self.session: LiveSession | None = None
        self.place: int | None = None
        self.listeners: set[Listener] = set()
        self.is_over = self.is_closing = self.has_failed = False
        self._readers = readers
        self._frames: deque[Frame] = deque(maxlen=KEPT_FRAMES)
        self._next = 0
        self._board: Board | None = None
        self._parts: dict[str, str] = {}
        self._whole_board = b""
        self._answers: dict[tuple[Hashable, ...], asyncio.Future[Any]] = {}
        self._sent_at = self._tapped_at = time.monotonic()
        self._looked_at = self._board_at = self._said_at = 0.0

    async def ask(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run a function of `reading` in one of its threads."""
        return await asyncio.wrap_future(self._readers.submit(work, *arguments))

    async def _ask_for_many(self, work: Callable[..., T], *arguments: Hashable) -> T:
        """Run equal questions once: after a restart thousands of listeners reconnect with the same few cursors."""
        key = work, *arguments
        if key not in self._answers:
            if len(self._answers) >= KEPT_ANSWERS:
                self._answers.clear()
            asked = self._answers[key] = asyncio.wrap_future(self._readers.submit_late(work, *arguments))
            asked.add_done_callback(lambda asked: self._forget_if_useless(key, asked))
        # If one listener disconnects, the shared query must still finish for the others.
        return await asyncio.shield(self._answers[key])

    def _forget_if_useless(self, key: tuple[Hashable, ...], asked: asyncio.Future[Any]) -> None:
        if asked.cancelled() or asked.exception() or asked.result() is None:
            self._answers.pop(key, None)

    # --- The reader -----------------------------------------------------------------------------

    async def read(self) -> None:
        """Read until the room has no listeners, the live is over, or the process ends."""
        while self.listeners and not (self.is_over or self.is_closing):
            try:
                await self._tick()
                await asyncio.sleep(self._pace())
            except (DatabaseError, InterfaceError):
                log.warning("The database is away: streams wait.", exc_info=True)
                await asyncio.sleep(DATABASE_AWAY_SECONDS)

    async def _tick(self) -> None:
        now = time.monotonic()
        if self.session is None:
            self.session, self.place = await self.ask(reading.begin, self.session_id)
            self.wake()
        assert self.place is not None, "begin() has set it"
        look = now - self._looked_at >= END_SECONDS
        if look:
            self._looked_at = now
        frame, is_over = await self.ask(reading.read_on, self.session, self.place, look)
        # Taps and board go out in one frame: the cost of a stream is its number of writes.
        board = b"" if is_over or now - self._board_at < BOARD_SECONDS else await self._look_at_board(now)
        if frame:
            self._tapped_at = now
            self._publish(frame._replace(data=frame.data + board))
        elif is_over:
            card = await self.ask(reading.end_card, self.session)
            self.is_over = True
            self._publish(Frame(self.place, self.place, card))
        elif board or now - self._sent_at >= HEARTBEAT_SECONDS:
            self._publish(Frame(self.place, self.place, board or HEARTBEAT))

    async def _look_at_board(self, now: float) -> bytes:
        """Return the event with the changed parts of the board, or b"" without a change."""
        say = now - self._said_at >= SAY_SECONDS
        self._board_at, self._said_at = now, now if say else self._said_at
        assert self.session, "begin() has set it"
        self._board = self._board or Board(self.session)
        parts = await self.ask(reading.look_at_board, self._board, self.session, self._viewers() if say else None)
        changed = [html for part, html in parts.items() if html != self._parts.get(part)]
        if not changed:
            return b""
        self._parts, self._whole_board = parts, event("".join(parts.values()), name="board")
        return event("".join(changed), name="board")

    def _viewers(self) -> int:
        """Count viewers: a person with two tabs counts once; the creator and overlays don't count."""
        seats = [listener.seat for listener in self.listeners if listener.seat.is_viewer]
        assert self.session, "begin() has set it"
        people = {seat.person for seat in seats if seat.person is not None} - {self.session.creator_id}
        return len(people) + sum(seat.person is None for seat in seats)

    def _pace(self) -> float:
        is_idle = time.monotonic() - self._tapped_at >= IDLE_SECONDS
        return settings.STREAM_TICK_SECONDS * (IDLE_TICKS if is_idle else 1)

    def _publish(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._next += 1
        self.place = frame.upto
        self._sent_at = time.monotonic()
        for listener in self.listeners:
            if listener.is_waiting and listener.number == self._next - 1:
                listener.number = self._next
                listener.push(frame.data)
            elif listener.number is not None and listener.number < self._oldest:
                assert listener.task, "a listener with a number is served by a task"
                listener.task.cancel()
            else:
                listener.wake()
        if self.is_over:
            self.wake()

    @property
    def _oldest(self) -> int:
        return self._next - len(self._frames)

    def wake(self) -> None:
        """Wake the task of every waiting listener."""
        for listener in self.listeners:
            listener.wake()

    # --- Listeners ------------------------------------------------------------------------------

    async def serve(self, listener: Listener, place: int) -> None:
        """Send the frames that a listener missed, then each new one, and at the end the reason why the stream ends."""
        await listener.send(OPENING)
        while self.place is None and not self._must_go(listener):
            await listener.news()
        if self.place is not None:
            await self._send_missed(listener, place)
            if self._whole_board:
                await listener.send(self._whole_board)
        while not self._must_go(listener):
            # _send_missed() has set the number.
            behind = self._next - listener.number  # type: ignore[operator]
            if behind:
                listener.number = self._next
                await listener.send(b"".join(frame.data for frame in list(self._frames)[-behind:]))
            elif self.is_over:
                return
            else:
                await listener.news()
        # After a failure send no AGAIN: all listeners would reconnect at once and repeat the failing query. Without it
        # a page polls first, and reconnects later.
        if not self.has_failed:
            await listener.send(AGAIN)

    def _must_go(self, listener: Listener) -> bool:
        return self.is_closing or listener.must_go

    async def _send_missed(self, listener: Listener, place: int) -> None:
        """Send the taps between a listener's place and the room's, then set the listener's number.

        No query if a kept frame begins at the place, which is so for almost every listener.
        """
        while not self._must_go(listener):
            number = self._number_at(place)
            if number is not None:
                listener.number = number
                return
            frame = await self._ask_for_many(reading.catch_up, self.session, place, self._next_boundary(place))
            if frame:
                place = frame.upto
                await listener.send(frame.data)
            elif self.is_over:
                listener.number = self._next - 1
                return
            else:
                # The listener is ahead of this room: it came from another process, whose reader was quicker.
                await listener.news()

    def _next_boundary(self, place: int) -> int | None:
        """Return the first place at or behind the given one where a kept frame begins."""
        begins = (frame.after for frame in self._frames if frame.after >= place)
        return next(begins, self.place)

    def _number_at(self, place: int) -> int | None:
        """Return the number of the first frame behind a place, or None if no kept frame begins or ends there."""
        if place == self.place:
            return self._next - (1 if self.is_over else 0)
        for offset, frame in enumerate(self._frames):
            if frame.after == place and frame.upto != place:
                return self._oldest + offset
        return None
