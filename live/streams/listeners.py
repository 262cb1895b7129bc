"""A listener of a stream: its task waits, and frames are pushed to its connection without waking the task."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Self, TypeAlias

from live.streams.seats import Seat

Send: TypeAlias = Callable[[bytes], Awaitable[None]]


class Listener:
    """One open stream: the `number` of its next frame, and since when a piece is being sent."""

    def __init__(self, seat: Seat, send: Send) -> None:
        self.seat, self._send = seat, send
        self.number: int | None = None
        self.sending_since: float | None = None
        self.task: asyncio.Task[Any] | None = None
        self._news: asyncio.Future[None] | None = None
        self._begun: Begun | None = None

    @property
    def must_go(self) -> bool:
        return self.seat.is_revoked or time.monotonic() >= self.seat.until

    # --- Called by its own task -----------------------------------------------------------------

    async def send(self, piece: bytes) -> None:
        self.sending_since = time.monotonic()
        await self._send(piece)
        self.sending_since = None

    async def news(self) -> None:
        """Wait until `wake()`, and then until a pushed piece has been sent."""
        self._news = asyncio.get_running_loop().create_future()
        await self._news
        begun, self._begun = self._begun, None
        if begun is not None:
            await begun
            self.sending_since = None

    # --- Called by its room and the hub ---------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        return self._news is not None and not self._news.done()

    def wake(self) -> None:
        if self._news is not None and self.is_waiting:
            self._news.set_result(None)

    def push(self, piece: bytes) -> None:
        """Send a piece to a waiting listener without waking its task: the server takes most pieces at once.

        The first step of `send` runs here. If it has to wait (the server's buffer is full) or fails, the listener's
        own task wakes and continues with it.
        """
        steps = self._send(piece).__await__()
        try:
            asked = next(steps)
        except StopIteration:
            return
        except Exception as error:
            if self._news is not None:
                self._news.set_exception(error)
            return
        self.sending_since = time.monotonic()
        self._begun = Begun(steps, asked)
        self.wake()


class Begun:
    """The rest of an awaitable after its first step, which a task can await."""

    def __init__(self, steps: Generator[Any, Any, None], asked: asyncio.Future[Any] | None) -> None:
        self._steps, self._asked = steps, asked

    def __await__(self) -> Generator[Any, Any, None]:
        return self  # type: ignore[return-value]

    def __next__(self) -> asyncio.Future[Any] | None:
        if self._asked is None:
            return next(self._steps)
        asked, self._asked = self._asked, None
        return asked

    def __iter__(self) -> Self:
        return self

    def throw(self, error: BaseException) -> Any:
        if not hasattr(self._steps, "throw"):
            raise error
        return self._steps.throw(error)
