"""Somebody who listens: a task that waits, and what is sent to it meanwhile without waking it."""

import asyncio
import time


class Listener:
    """Somebody who listens: the number of the next frame for them, and since when a piece is being sent."""

    def __init__(self, seat, send):
        self.seat, self._send = seat, send
        self.number = None
        self.sending_since = None
        self.task = None
        self._news = self._begun = None

    @property
    def must_go(self):
        return self.seat.is_revoked or time.monotonic() >= self.seat.until

    # --- By its own task ------------------------------------------------------------------------

    async def send(self, piece):
        self.sending_since = time.monotonic()
        await self._send(piece)
        self.sending_since = None

    async def news(self):
        """Wait until there is something to look at. What was pushed meanwhile has been sent."""
        self._news = asyncio.get_running_loop().create_future()
        await self._news
        begun, self._begun = self._begun, None
        if begun is not None:
            await begun
            self.sending_since = None

    # --- By whoever has something for it --------------------------------------------------------

    @property
    def is_waiting(self):
        return self._news is not None and not self._news.done()

    def wake(self):
        if self.is_waiting:
            self._news.set_result(None)

    def push(self, piece):
        """Send a piece to somebody who waits, without its task: a server takes most pieces at once.

        Begins to send as a task would. Only where that has to wait (the server's buffer is full), or fails, the
        listener's own task wakes and goes on with it.
        """
        steps = self._send(piece).__await__()
        try:
            asked = next(steps)
        except StopIteration:
            return
        except Exception as error:
            self._news.set_exception(error)
            return
        self.sending_since = time.monotonic()
        self._begun = Begun(steps, asked)
        self.wake()


class Begun:
    """What is left of an awaitable after its first step, to be awaited by a task."""

    def __init__(self, steps, asked):
        self._steps, self._asked = steps, asked

    def __await__(self):
        return self

    def __next__(self):
        if self._asked is None:
            return next(self._steps)
        asked, self._asked = self._asked, None
        return asked

    def __iter__(self):
        return self

    def throw(self, error):
        if not hasattr(self._steps, "throw"):
            raise error
        return self._steps.throw(error)
