"""Streams while many tap at once, on PostgreSQL: every listener has every tap once, in the feed's order."""

import asyncio
import random
import threading
import time

import pytest
from django.db import transaction

from live.feed.feed import Part, taps_after
from live.feed.rows import placed_taps
from live.sessions.sessions import end_session
from live.streams import broadcast, reading
from tests.factories import make_session, make_user, tap
from tests.live.streams.listening import PATIENCE, Ear, listen, off_loop
from tests.races.threads import at_once, raised, rounds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

THREADS, EACH, EARS = 16, 8, 6


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.01
    settings.TAPS_PER_SECOND = 100_000
    monkeypatch.setattr(broadcast, "END_SECONDS", 0.02)


def tap_and_dawdle(viewer, session):
    """A transaction that stays open for a moment after its id was drawn: so ids become visible out of order."""
    with transaction.atomic():
        tap(viewer, session, price=5)
        time.sleep(random.uniform(0, 0.03))


def race(session, viewers):
    """Tap from threads while listeners disconnect and reconnect at random; return each listener's taps."""

    async def scene(hub):
        ears = [Ear(hub, session, address=f"192.0.2.{n}").dial() for n in range(EARS)]
        dropping = [asyncio.create_task(drop_at_random(ear)) for ear in ears[1:]]
        results = await off_loop(
            at_once, lambda viewer: tap_and_dawdle(viewer, session), viewers * EACH, threads=THREADS
        )
        for task in dropping:
            task.cancel()
        await asyncio.gather(*dropping, return_exceptions=True)
        await off_loop(end_session, session, by="cleo")
        for ear in ears:
            if ear.line.done():
                ear.dial()
        for ear in ears:
            assert "event: end" in await ear.until_end()
        return results, [ear.taps for ear in ears]

    return listen(scene)


async def drop_at_random(ear):
    while True:
        await asyncio.sleep(random.uniform(0, 0.05))
        await ear.drop()
        await asyncio.sleep(random.uniform(0, 0.05))
        ear.dial()


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def viewers():
    return [make_user(f"Viewer {n}", coins=1_000) for n in range(THREADS)]


@rounds
def test_everybody_hears_every_tap_once_and_in_order(round_, session, viewers):
    results, heard = race(session, viewers)
    expected = list(placed_taps(session).order_by("place").values_list("id", flat=True))
    assert raised(results, Exception) == []
    assert len(expected) == THREADS * EACH
    assert heard == [expected] * EARS


def test_plain_cursor_over_ids_loses_the_tap_whose_transaction_ended_later(monkeypatch, session, viewers):
    """The race in one fixed order: ids are drawn in one order and become visible in the other."""

    def plain(session, after, limit=200):
        taps = list(session.taps.filter(id__gt=after).order_by("id").select_related("viewer", "gift")[:limit])
        for row in taps:
            row.place, row.points_so_far = row.id, 0
        return Part(taps, taps[-1].id if taps else after)

    monkeypatch.setattr(reading, "read_feed", plain)
    is_drawn, is_heard = threading.Event(), threading.Event()

    def tap_and_wait():
        with transaction.atomic():
            done = tap(viewers[0], session, price=5)
            is_drawn.set()
            is_heard.wait(PATIENCE)
        return done.id

    async def scene(hub):
        ear = Ear(hub, session).dial()
        await ear.until(lambda ear: ear.pieces)
        waiting = asyncio.create_task(off_loop(tap_and_wait))
        await off_loop(is_drawn.wait, PATIENCE)
        second = (await off_loop(tap, viewers[1], session, price=5)).id
        await ear.until_taps(1)
        is_heard.set()
        first = await waiting
        await off_loop(end_session, session, by="cleo")
        await ear.until_end()
        return first, second, ear.taps

    first, second, heard = listen(scene)
    assert first < second
    assert heard == [second]
    assert {row.id for row in taps_after(session, 0)} == {first, second}
