"""A room of listeners: one reader, the frames of the last while, and everybody's place among them.

Nobody has a queue of their own: the last frames are kept once, each listener is a number into them, and whoever falls
behind the oldest one is let go and resumes by its cursor. So a slow reader costs nothing and holds up nobody. Whoever
has everything is handed the next frame right where it is published; the others come for theirs when they are ready.
"""

import asyncio
import logging
import time
from collections import deque

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from live.room.presence import SAY_SECONDS
from live.streams import reading
from live.streams.frames import AGAIN, HEARTBEAT, OPENING, Frame, event

KEPT_FRAMES = 64
KEPT_ANSWERS = 64
HEARTBEAT_SECONDS = 15
# How often the live itself is looked at (its end, what its creator changes), and the board.
END_SECONDS = 1
BOARD_SECONDS = 1
# After how long without a tap the reader slows down.
IDLE_SECONDS = 10
IDLE_TICKS = 2
DATABASE_AWAY_SECONDS = 2

log = logging.getLogger(__name__)


class Room:
    """The listeners of one live in this process. Lives on the event loop, as long as somebody listens."""

    def __init__(self, session_id, readers):
        self.session_id = session_id
        self.session = self.place = None
        self.listeners = set()
        self.is_over = self.is_closing = self.has_failed = False
        self._readers = readers
        self._frames = deque(maxlen=KEPT_FRAMES)
        self._next = 0
        self._board, self._whole_board = {}, b""
        self._answers = {}
        self._sent_at = self._tapped_at = time.monotonic()
        self._looked_at = self._board_at = self._said_at = 0

    async def ask(self, work, *arguments):
        """Run a function of `reading` in one of its threads."""
        return await asyncio.wrap_future(self._readers.submit(work, *arguments))

    async def _ask_for_many(self, work, *arguments):
        """Do the same once for all who ask the same: after a restart thousands come with the same few cursors."""
        key = work, *arguments
        if key not in self._answers:
            if len(self._answers) >= KEPT_ANSWERS:
                self._answers.clear()
            asked = self._answers[key] = asyncio.wrap_future(self._readers.submit_late(work, *arguments))
            asked.add_done_callback(lambda asked: self._forget_if_useless(key, asked))
        # Who leaves meanwhile takes it away from nobody.
        return await asyncio.shield(self._answers[key])

    def _forget_if_useless(self, key, asked):
        if asked.cancelled() or asked.exception() or asked.result() is None:
            self._answers.pop(key, None)

    # --- The reader -----------------------------------------------------------------------------

    async def read(self):
        """Read until nobody listens, the live is over, or the process ends."""
        while self.listeners and not (self.is_over or self.is_closing):
            try:
                await self._tick()
                await asyncio.sleep(self._pace())
            except (DatabaseError, InterfaceError):
                log.warning("The database is away: streams wait.", exc_info=True)
                await asyncio.sleep(DATABASE_AWAY_SECONDS)

    async def _tick(self):
        now = time.monotonic()
        if self.session is None:
            self.session, self.place = await self.ask(reading.begin, self.session_id)
            self.wake()
        look = now - self._looked_at >= END_SECONDS
        if look:
            self._looked_at = now
        frame, is_over = await self.ask(reading.read_on, self.session, self.place, look)
        # A tick is one piece for everybody, whatever it brings: pieces are what a stream costs.
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

    async def _look_at_board(self, now):
        """Return the event with the parts that changed, b"" if none did."""
        say = now - self._said_at >= SAY_SECONDS
        self._board_at, self._said_at = now, now if say else self._said_at
        board = await self.ask(reading.look_at_board, self.session, self._viewers() if say else None)
        changed = [html for part, html in board.items() if html != self._board.get(part)]
        if not changed:
            return b""
        self._board, self._whole_board = board, event("".join(board.values()), name="board")
        return event("".join(changed), name="board")

    def _viewers(self):
        """Return how many watch here: a person with two tabs once, the creator and overlays not at all."""
        seats = [listener.seat for listener in self.listeners if listener.seat.is_viewer]
        people = {seat.person for seat in seats if seat.person is not None} - {self.session.creator_id}
        return len(people) + sum(seat.person is None for seat in seats)

    def _pace(self):
        is_idle = time.monotonic() - self._tapped_at >= IDLE_SECONDS
        return settings.STREAM_TICK_SECONDS * (IDLE_TICKS if is_idle else 1)

    def _publish(self, frame):
        self._frames.append(frame)
        self._next += 1
        self.place = frame.upto
        self._sent_at = time.monotonic()
        for listener in self.listeners:
            if listener.is_waiting and listener.number == self._next - 1:
                listener.number = self._next
                listener.push(frame.data)
            elif listener.number is not None and listener.number < self._oldest:
                listener.task.cancel()
            else:
                listener.wake()
        if self.is_over:
            self.wake()

    @property
    def _oldest(self):
        return self._next - len(self._frames)

    def wake(self):
        """Let every listener who waits look again."""
        for listener in self.listeners:
            listener.wake()

    # --- Listeners ------------------------------------------------------------------------------

    async def serve(self, listener, place):
        """Send a listener what it missed, then let every frame be pushed to it; at last say why it ends."""
        await listener.send(OPENING)
        while self.place is None and not self._must_go(listener):
            await listener.news()
        if self.place is not None:
            await self._send_missed(listener, place)
            if self._whole_board:
                await listener.send(self._whole_board)
        while not self._must_go(listener):
            behind = self._next - listener.number
            if behind:
                listener.number = self._next
                await listener.send(b"".join(frame.data for frame in list(self._frames)[-behind:]))
            elif self.is_over:
                return
            else:
                await listener.news()
        # Called back at once, all would ask for what has just failed. A page without a word polls, and waits longer.
        if not self.has_failed:
            await listener.send(AGAIN)

    def _must_go(self, listener):
        return self.is_closing or listener.must_go

    async def _send_missed(self, listener, place):
        """Send what is between a listener's place and the room's, then give it its number.

        No statement if the place is where one of the kept frames begins, which is so for almost everybody.
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
                # Its place is ahead of ours: another process was quicker.
                await listener.news()

    def _next_boundary(self, place):
        """Return the first place, not before the given one, from which the kept frames lead on."""
        begins = (frame.after for frame in self._frames if frame.after >= place)
        return next(begins, self.place)

    def _number_at(self, place):
        """Return the number of the first frame behind a place; None if it isn't the beginning or end of one."""
        if place == self.place:
            return self._next - (1 if self.is_over else 0)
        for offset, frame in enumerate(self._frames):
            if frame.after == place and frame.upto != place:
                return self._oldest + offset
        return None
