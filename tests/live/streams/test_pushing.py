"""Streams: a frame is sent at once to each waiting listener; a slow one gets a task of its own."""

import asyncio
import math
from itertools import cycle

import pytest

from live.streams.listeners import Listener
from live.streams.seats import Seat
from tests.factories import tap
from tests.live.streams.listening import Ear, listen, off_loop

# Ways in which a server's `send` may wait: not at all, one turn of the loop, a future, several futures.
TURNS = [[], [0], [0.001], [0, 0.001, 0]]


def somebody(send):
    return Listener(Seat("person 1", 1, until=math.inf), send)


async def waiting(listener):
    """Let a listener wait, and return its task."""
    listener.task = asyncio.create_task(listener.news())
    await asyncio.sleep(0)
    return listener.task


def test_piece_that_is_taken_at_once_wakes_nobody():
    got = []

    async def take(piece):
        got.append(piece)

    async def scene():
        listener = somebody(take)
        task = await waiting(listener)
        listener.push(b"one")
        listener.push(b"two")
        assert got == [b"one", b"two"]
        await asyncio.sleep(0)
        assert listener.is_waiting and not task.done()
        listener.wake()
        await task

    asyncio.run(scene())


@pytest.mark.parametrize("turns", TURNS[1:])
def test_piece_that_has_to_wait_is_finished_by_the_listener_itself(turns):
    got = []

    async def take(piece):
        for seconds in turns:
            await asyncio.sleep(seconds)
        got.append(piece)

    async def scene():
        listener = somebody(take)
        task = await waiting(listener)
        listener.push(b"one")
        assert got == []
        # While a send is pending, a publish skips the listener; `sending_since` tells how long it lasts.
        assert not listener.is_waiting and listener.sending_since
        await task
        assert got == [b"one"] and listener.sending_since is None

    asyncio.run(scene())


def test_piece_may_be_anything_that_can_be_awaited():
    """An awaitable of a server written in C or Rust: it has `__next__`, and neither `send` nor `throw`."""
    got = []

    class Taken:
        def __init__(self, piece):
            got.append(piece)

        def __await__(self):
            return self

        def __next__(self):
            raise StopIteration

    class Later(Taken):
        turns = 2

        def __next__(self):
            self.turns -= 1
            if self.turns < 0:
                raise StopIteration

    async def scene(kind):
        listener = somebody(kind)
        task = await waiting(listener)
        listener.push(b"one")
        assert task.done() is False and listener.is_waiting is (kind is Taken)
        listener.wake()
        await task

    asyncio.run(scene(Taken))
    asyncio.run(scene(Later))
    assert got == [b"one", b"one"]


def test_cancelled_listener_cancels_what_it_sends():
    ended = []

    async def never(piece):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append(piece)
            raise

    async def scene():
        listener = somebody(never)
        task = await waiting(listener)
        listener.push(b"one")
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled() and ended == [b"one"]

    asyncio.run(scene())


def test_piece_that_fails_is_the_listeners_own_error():
    async def broken(piece):
        raise OSError("gone")

    async def scene():
        listener = somebody(broken)
        task = await waiting(listener)
        listener.push(b"one")
        with pytest.raises(OSError, match="gone"):
            await task

    asyncio.run(scene())


class UnevenEar(Ear):
    """A connection that accepts pieces at once or after a pause, and never two at a time."""

    def __init__(self, *arguments, start, **more):
        super().__init__(*arguments, **more)
        self.turns = cycle(TURNS[start:] + TURNS[:start])
        self.is_busy = False

    async def receive(self, piece):
        assert not self.is_busy
        self.is_busy = True
        for seconds in next(self.turns):
            await asyncio.sleep(seconds)
        await super().receive(piece)
        self.is_busy = False


@pytest.mark.django_db(transaction=True)
def test_uneven_listeners_get_every_tap_once_and_in_order(live, vera):
    async def scene(hub):
        ears = [UnevenEar(hub, live, start=start).dial() for start in range(len(TURNS))]
        ids = []
        for _ in range(12):
            ids.append((await off_loop(tap, vera, live)).id)
            await ears[0].until_taps(len(ids) - 1)
        for ear in ears:
            await ear.until_taps(len(ids))
        return ids, [ear.taps for ear in ears]

    ids, heard = listen(scene)
    assert heard == [ids] * len(TURNS)


@pytest.mark.django_db(transaction=True)
def test_line_that_breaks_in_the_middle_of_a_frame_ends_alone(live, vera):
    class BreakingEar(Ear):
        async def receive(self, piece):
            if b"data-tap" in piece:
                raise OSError("gone")
            await super().receive(piece)

    async def scene(hub):
        breaks, stays = BreakingEar(hub, live).dial(), Ear(hub, live).dial()
        for ear in (breaks, stays):
            await ear.until(
                lambda ear: hub.rooms and all(one.number is not None for one in hub.rooms[live.pk].listeners)
            )
        first = await off_loop(tap, vera, live)
        ended = await asyncio.gather(breaks.line, return_exceptions=True)
        second = await off_loop(tap, vera, live)
        await stays.until_taps(2)
        return [type(error) for error in ended], [first.id, second.id], stays.taps, len(hub.seats.taken)

    ended, ids, taps, seats = listen(scene)
    assert (ended, taps, seats) == ([OSError], ids, 1)
