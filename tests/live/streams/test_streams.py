"""The stream: one reader sends the feed's rows, in the feed's order, to every listener."""

import asyncio
import threading
from functools import partial

import pytest
from django.db import OperationalError
from django.urls import reverse

from live.feed.feed import read_feed
from live.streams import broadcast, reading
from live.streams.frames import HEARTBEAT, OPENING, event
from tests.databases import more_on_sqlite
from tests.factories import make_creator, make_session, tap
from tests.live.streams.listening import CountedReaders, Ear, listen, off_loop

pytestmark = pytest.mark.django_db(transaction=True)


# --- What arrives -------------------------------------------------------------------------------


def test_frame_is_what_the_poll_answers_with_the_cursor_as_its_id(client, live, vera):
    for _ in range(3):
        tap(vera, live, quantity=2)
    poll = client.get(reverse("feed", args=[live.pk])).as_sent.decode()

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until_taps(3)
        return list(ear.pieces)

    opening, frame = listen(scene)
    assert opening.encode() == OPENING
    assert frame.encode() == event(poll, place=3)
    assert frame.startswith("id: p3\ndata: ")
    assert '<data id="session-points" value="30"' in frame


def test_taps_arrive_as_they_come_and_one_tick_is_one_frame(live, vera):
    async def scene(hub):
        ears = [Ear(hub, live).dial() for _ in range(3)]
        ids = [(await off_loop(tap, vera, live)).id for _ in range(4)]
        for ear in ears:
            await ear.until_taps(4)
        return ids, ears, [list(ear.pieces) for ear in ears]

    ids, ears, heard = listen(scene)
    for ear, pieces in zip(ears, heard, strict=True):
        assert ear.taps == ids
        assert ear.place == 4
        frames = [piece for piece in pieces if "data-tap" in piece]
        assert all(frame.count("id: ") == frame.count("session-points") for frame in frames)


@pytest.mark.parametrize("already", [0, 1, 2, 3])
def test_listener_resumes_behind_its_cursor(live, vera, already):
    ids = [tap(vera, live).id for _ in range(3)]

    async def scene(hub):
        ear = Ear(hub, live, place=already).dial()
        late = (await off_loop(tap, vera, live)).id
        await ear.until_taps(4 - already)
        return ear.taps, late

    taps, late = listen(scene)
    assert taps == [*ids[already:], late]


def test_line_that_drops_between_any_two_frames_loses_and_repeats_nothing(live, vera):
    async def scene(hub):
        steady, ear = Ear(hub, live).dial(), Ear(hub, live).dial()
        ids = []
        for turn in range(6):
            ids.append((await off_loop(tap, vera, live)).id)
            if turn % 2:
                await ear.drop()
                ids.append((await off_loop(tap, vera, live)).id)
                ear.dial()
        await ear.until_taps(len(ids))
        await steady.until_taps(len(ids))
        return ids, ear.taps, steady.taps

    ids, dropped, steady = listen(scene)
    assert dropped == steady == ids


def test_listener_who_is_ahead_of_the_reader_waits_for_what_is_new(live, vera):
    """The cursor comes from another process and is ahead of this one's reader."""
    tap(vera, live)

    async def scene(hub):
        first = Ear(hub, live).dial()
        await first.until_taps(1)
        room = hub.rooms[live.pk]
        await off_loop(tap, vera, live)
        room.place, kept = 0, room.place
        ear = Ear(hub, live, place=2).dial()
        room.place = kept
        late = (await off_loop(tap, vera, live)).id
        await ear.until_taps(1)
        return ear.taps, late

    taps, late = listen(scene)
    assert taps == [late]


def test_stream_of_one_live_carries_no_taps_of_another(live, vera):
    other = make_session(make_creator("Nova", followers=1_000))

    async def scene(hub):
        here, there = Ear(hub, live).dial(), Ear(hub, other).dial()
        mine, theirs = (await off_loop(tap, vera, live)).id, (await off_loop(tap, vera, other)).id
        await here.until_taps(1)
        await there.until_taps(1)
        return here.taps == [mine], there.taps == [theirs]

    assert listen(scene) == (True, True)


def test_more_than_the_feed_gives_at_once_arrives_in_parts(monkeypatch, live, vera):
    monkeypatch.setattr(reading, "read_feed", partial(read_feed, limit=2))
    ids = [tap(vera, live).id for _ in range(5)]

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until_taps(5)
        return ear.taps, ["data-tap" in piece for piece in ear.pieces]

    assert listen(scene) == (ids, [False, True, True, True])


def test_quiet_room_is_kept_open_by_a_comment(monkeypatch, live):
    monkeypatch.setattr(broadcast, "HEARTBEAT_SECONDS", 0.05)

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(lambda ear: len(ear.pieces) >= 3)
        return list(ear.pieces)

    _, *beats = listen(scene)
    assert HEARTBEAT.startswith(b": ")
    assert set("".join(beats).split("\n\n")) == set(HEARTBEAT.decode().split("\n\n"))


# --- What it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lives", "listeners"), [(1, 1), (1, 50), (2, 30)])
def test_queries_grow_with_rooms_and_not_with_listeners(settings, live, vera, lives, listeners):
    settings.STREAMS_PER_ADDRESS = 100
    others = [make_session(make_creator(f"Nova{number}", followers=1_000)) for number in range(lives - 1)]
    sessions = [live, *others]
    for session in sessions:
        tap(vera, session)

    async def scene(hub):
        hub._readers = CountedReaders()
        ears = [Ear(hub, sessions[n % lives], place=1).dial() for n in range(listeners)]
        for ear in ears:
            await ear.until(lambda ear: ear.pieces and hub.rooms[ear.live.pk].place is not None)
        for session in sessions:
            await off_loop(tap, vera, session)
        for ear in ears:
            await ear.until_taps(1)
        return hub._readers

    readers = listen(scene)
    assert readers.asked["begin"] == lives
    assert readers.asked["catch_up"] == 0
    # A round runs one query, one more with new taps, and once a second one for the end of the live.
    assert readers.queries["begin"] == (2 + more_on_sqlite(1)) * lives
    with_news = lives * (1 + more_on_sqlite(1))
    assert readers.queries["read_on"] <= 2 * readers.asked["read_on"] + with_news
    assert set(readers.asked) <= {"begin", "read_on", "leave", "deactivated"}


def test_crowd_that_comes_back_with_the_same_place_catches_up_once(settings, live, vera):
    """After a restart the hub has no frames in memory, and all listeners miss the same rows."""
    settings.STREAMS_PER_ADDRESS = 100
    ids = [tap(vera, live).id for _ in range(3)]

    async def scene(hub):
        hub._readers = CountedReaders()
        first = [Ear(hub, live, place=1).dial() for _ in range(20)]
        for ear in first:
            await ear.until_taps(2)
        ids.append((await off_loop(tap, vera, live)).id)
        await first[0].until_taps(3)
        # Later listeners with the same cursor reuse the same query's result.
        late = [Ear(hub, live, place=1).dial() for _ in range(20)]
        for ear in [*first, *late]:
            await ear.until_taps(3)
        return hub._readers, [ear.taps for ear in [*first, *late]]

    readers, heard = listen(scene)
    assert heard == [ids[1:]] * 40
    assert readers.asked["catch_up"] == 1


def test_who_has_much_to_catch_up_with_holds_up_nobody(live, vera):
    first = tap(vera, live).id
    database_answers = threading.Event()

    async def scene(hub):
        here = Ear(hub, live, place=1).dial()
        await here.until(lambda ear: hub.rooms and hub.rooms[live.pk].place is not None)
        hub._readers.submit_late(database_answers.wait)
        late = Ear(hub, live).dial()
        new = (await off_loop(tap, vera, live)).id
        await here.until_taps(1)
        before = list(late.taps)
        database_answers.set()
        await late.until_taps(2)
        return new, here.taps, before, late.taps

    new, here, before, late = listen(scene)
    assert (here, before, late) == ([new], [], [first, new])


def test_database_that_was_away_is_asked_again(live, vera, monkeypatch):
    ids = [tap(vera, live).id for _ in range(2)]
    answers, catch_up = iter([OperationalError("away")]), reading.catch_up

    def catch_up_later(*arguments):
        for error in answers:
            raise error
        return catch_up(*arguments)

    monkeypatch.setattr(reading, "catch_up", catch_up_later)

    async def scene(hub):
        ear = Ear(hub, live, place=1).dial()
        await ear.until_end()
        before = list(ear.taps)
        await ear.dial().until_taps(1)
        return before, ear.taps

    assert listen(scene) == ([], ids[1:])


def test_nobody_listens_and_nothing_is_asked(live, vera):
    async def scene(hub):
        hub._readers = CountedReaders()
        ear = Ear(hub, live).dial()
        await ear.until(lambda ear: ear.pieces)
        await ear.drop()
        await ear.until(lambda _: not hub.rooms)
        before = hub._readers.asked.total()
        await asyncio.sleep(0.1)
        return hub._readers.asked.total() - before, hub.seats.taken

    assert listen(scene) == (0, set())


def test_slow_reader_is_let_go_and_holds_up_nobody(monkeypatch, live, vera):
    monkeypatch.setattr(broadcast, "KEPT_FRAMES", 3)

    async def scene(hub):
        slow, quick = Ear(hub, live).dial(), Ear(hub, live).dial()
        await slow.until(lambda ear: ear.pieces)
        slow.may_read.clear()
        ids = []
        for number in range(1, 8):
            ids.append((await off_loop(tap, vera, live)).id)
            await quick.until_taps(number)
        with pytest.raises(asyncio.CancelledError):
            await slow.line
        before = len(slow.taps)
        slow.may_read.set()
        slow.dial()
        await slow.until_taps(7)
        return ids, quick.taps, slow.taps, before

    ids, quick, slow, before = listen(scene)
    assert quick == slow == ids
    assert before <= 1
