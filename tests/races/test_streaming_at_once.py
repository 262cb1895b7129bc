"""Streams while many tap at once, on PostgreSQL: every listener has every tap once, in the feed's order."""

import asyncio
import random
import time

import pytest
from django.db import transaction

from live.feed import in_feed_order, taps_after
from live.sessions import end_session
from live.streams import reading, rooms
from tests.factories import make_session, make_user, tap
from tests.live.listening import Ear, listen, off_loop
from tests.races.threads import at_once, raised, rounds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

THREADS, EACH, EARS = 16, 8, 6


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.01
    settings.TAPS_PER_SECOND = 100_000
    monkeypatch.setattr(rooms, "END_SECONDS", 0.02)


def tap_and_dawdle(viewer, session):
    """A transaction that stays open for a moment after its id was drawn: so ids become visible out of order."""
    with transaction.atomic():
        tap(viewer, session, price=5)
        time.sleep(random.uniform(0, 0.03))


def race(session, viewers):
    """Let everybody tap while ears listen, drop and come back at random; return what each of them heard."""

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
    expected = list(in_feed_order(session.taps).values_list("id", flat=True))
    assert raised(results, Exception) == []
    assert len(expected) == THREADS * EACH
    assert heard == [expected] * EARS


def test_the_same_race_loses_taps_with_a_plain_cursor_over_ids(monkeypatch, session, viewers):
    """So the race can tell: the only difference is the order and the horizon of taps_after."""

    def plain(session, cursor, limit=200):
        after = getattr(cursor, "id", cursor)
        return session.taps.filter(id__gt=after).order_by("id").select_related("viewer", "gift")[:limit]

    monkeypatch.setattr(reading, "taps_after", plain)
    _, heard = race(session, viewers)
    expected = set(session.taps.values_list("id", flat=True))
    assert len(expected) == THREADS * EACH
    assert len(set(heard[0])) < len(expected)
    assert len(list(taps_after(session, 0))) == len(expected)
