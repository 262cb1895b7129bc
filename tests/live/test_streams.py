"""The stream: the feed's rows in the feed's order, to everybody who listens, from one reader."""

import asyncio
import math

import pytest
from django.urls import reverse

from live.sessions import end_session
from live.streams import reading, rooms
from live.streams.frames import HEARTBEAT, OPENING, event
from live.streams.hub import DOOR, Door, Hub
from live.streams.seats import NoSeatLeft, TooManyStreams
from tests.factories import make_creator, make_session, make_user, tap
from tests.live.listening import PATIENCE, CountedReaders, Ear, listen, off_loop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.02
    monkeypatch.setattr(rooms, "END_SECONDS", 0.02)
    # The board has tests of its own.
    monkeypatch.setattr(rooms, "BOARD_SECONDS", math.inf)


@pytest.fixture
def live():
    return make_session(make_creator("Cleo", followers=1_000))


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)


# --- What arrives -------------------------------------------------------------------------------


def test_frame_is_what_the_poll_answers_with_the_cursor_as_its_id(client, live, vera):
    done = [tap(vera, live, quantity=2) for _ in range(3)][-1]
    poll = client.get(reverse("feed", args=[live.pk])).text

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until_taps(3)
        return list(ear.pieces)

    opening, frame = listen(scene)
    assert opening.encode() == OPENING
    assert frame.encode() == event(poll, cursor=done.id)
    assert frame.startswith(f"id: {done.id}\ndata: ")
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
        assert ear.cursor == ids[-1]
        frames = [piece for piece in pieces if "data-tap" in piece]
        assert all(frame.count("id: ") == frame.count("session-points") for frame in frames)


@pytest.mark.parametrize("already", [0, 1, 2, 3])
def test_listener_resumes_behind_its_cursor(live, vera, already):
    ids = [tap(vera, live).id for _ in range(3)]

    async def scene(hub):
        ear = Ear(hub, live, [0, *ids][already]).dial()
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
    """Another process was quicker, and this one's reader hasn't read its cursor yet."""
    tap(vera, live)

    async def scene(hub):
        first = Ear(hub, live).dial()
        await first.until_taps(1)
        room = hub.rooms[live.pk]
        ahead = (await off_loop(tap, vera, live)).id
        room.spot, kept = room.spot._replace(id=0), room.spot
        ear = Ear(hub, live, ahead).dial()
        room.spot = kept
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
    from live.feed import taps_after

    monkeypatch.setattr(reading, "taps_after", lambda session, cursor: taps_after(session, cursor, limit=2))
    ids = [tap(vera, live).id for _ in range(5)]

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until_taps(5)
        return ear.taps, ["data-tap" in piece for piece in ear.pieces]

    assert listen(scene) == (ids, [False, True, True, True])


def test_quiet_room_is_kept_open_by_a_comment(monkeypatch, live):
    monkeypatch.setattr(rooms, "HEARTBEAT_SECONDS", 0.05)

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(lambda ear: len(ear.pieces) >= 3)
        return list(ear.pieces)

    _, *beats = listen(scene)
    assert HEARTBEAT.startswith(b": ")
    assert set("".join(beats).split("\n\n")) == set(HEARTBEAT.decode().split("\n\n"))


# --- What it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lives", "listeners"), [(1, 1), (1, 50), (2, 30)])
def test_statements_grow_with_rooms_and_not_with_listeners(settings, live, vera, lives, listeners):
    settings.STREAMS_PER_ADDRESS = 100
    others = [make_session(make_creator(f"Nova{number}", followers=1_000)) for number in range(lives - 1)]
    sessions = [live, *others]
    ids = [tap(vera, session).id for session in sessions]

    async def scene(hub):
        hub._readers = CountedReaders()
        ears = [Ear(hub, sessions[n % lives], ids[n % lives]).dial() for n in range(listeners)]
        for ear in ears:
            await ear.until(lambda ear: ear.pieces and hub.rooms[ear.live.pk].spot)
        for session in sessions:
            await off_loop(tap, vera, session)
        for ear in ears:
            await ear.until_taps(1)
        return hub._readers

    readers = listen(scene)
    assert readers.asked["begin"] == lives
    assert readers.asked["catch_up"] == readers.asked["find_spot"] == 0
    # Each look is one statement, and at most two more: for the points, and for the end.
    assert readers.statements["begin"] == 2 * lives
    assert readers.statements["read_on"] <= 2 * readers.asked["read_on"] + lives
    assert set(readers.asked) <= {"begin", "read_on", "leave", "deactivated"}


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
    monkeypatch.setattr(rooms, "KEPT_FRAMES", 3)

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
        held = len(slow.taps)
        slow.may_read.set()
        slow.dial()
        await slow.until_taps(7)
        return ids, quick.taps, slow.taps, held

    ids, quick, slow, held = listen(scene)
    assert quick == slow == ids
    assert held <= 1


# --- How it ends --------------------------------------------------------------------------------


def test_end_of_the_live_brings_the_last_taps_the_card_and_the_end(live, vera):
    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(lambda ear: ear.pieces)
        done = await off_loop(tap, vera, live)
        await off_loop(end_session, live, by="cleo")
        return done.id, await ear.until_end(), ear.taps

    last, text, taps = listen(scene)
    assert taps == [last]
    assert text.index("data-tap") < text.index("event: end")
    assert "This live has ended" in text and "1 gift and 5 points" in text


def test_live_that_has_ended_streams_its_rest_and_ends(live, vera):
    ids = [tap(vera, live).id for _ in range(3)]
    end_session(live, by="cleo")

    async def scene(hub):
        ears = [Ear(hub, live, cursor).dial() for cursor in (0, ids[1], ids[2])]
        return [(await ear.until_end()).count("event: end") for ear in ears], [ear.taps for ear in ears]

    assert listen(scene) == ([1, 1, 1], [ids, ids[2:], []])


def test_stream_rotates_and_its_listener_comes_back_without_loss(settings, live, vera):
    settings.STREAM_MINUTES = 0

    async def scene(hub):
        ear, ids = Ear(hub, live), []
        for _ in range(2):
            ids.append((await off_loop(tap, vera, live)).id)
            text = await ear.dial().until_end()
        settings.STREAM_MINUTES = 10
        await ear.dial().until_taps(2)
        return ids, ear.taps, text

    ids, taps, text = listen(scene)
    assert taps == ids
    assert text.endswith("event: again\ndata: resume\n\n")


def test_shutdown_ends_every_stream_with_a_word(live):
    async def scene(hub):
        ears = [Ear(hub, live).dial() for _ in range(5)]
        for ear in ears:
            await ear.until(lambda ear: ear.pieces)
        hub.close()
        async with asyncio.timeout(PATIENCE):
            return [await ear.until_end() for ear in ears]

    assert {text.endswith("event: again\ndata: resume\n\n") for text in listen(scene)} == {True}


def test_shutdown_cuts_off_who_does_not_read(live):
    async def scene(hub):
        ear = Ear(hub, live)
        ear.may_read.clear()
        ear.dial()
        await ear.until(lambda _: hub.rooms)
        hub.close()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(ear.line, return_exceptions=True)
        return hub.seats.taken

    assert listen(scene) == set()


def test_deactivated_person_is_sent_away_and_others_stay(live, vera):
    mallory = make_user("Mallory")

    async def scene(hub):
        gone, stays = (Ear(hub, live, person=user.pk).dial() for user in (mallory, vera))
        await gone.until(lambda ear: ear.pieces)
        await off_loop(type(mallory).objects.filter(pk=mallory.pk).update, is_active=False)
        await hub.make_a_round()
        await gone.until_end()
        return stays.line.done(), len(hub.seats.taken)

    assert listen(scene) == (False, 1)


# --- The door -----------------------------------------------------------------------------------


def address_of(live):
    return reverse("events", args=[live.pk])


@pytest.mark.parametrize("cursor", ["-1", "x", str(2**63), "٣", "1.5"])
def test_strange_cursor_is_422(client, live, cursor):
    assert client.get(address_of(live), {"after": cursor}).status_code == 422
    assert client.get(address_of(live), headers={"Last-Event-ID": cursor.encode().decode("latin1")}).status_code == 422


def test_server_that_cannot_stream_answers_204_at_once(client, live):
    response = client.get(address_of(live))
    assert (response.status_code, response.content) == (204, b"")


def test_no_such_live_is_404(client, live):
    assert client.get(address_of(live).replace(str(live.pk)[:8], "00000000")).status_code == 404


def test_last_event_id_goes_before_the_address(client, live):
    door = Door(Hub())
    response = client.get(address_of(live), {"after": 3}, headers={"Last-Event-ID": "7"}, **{DOOR: door})
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    assert door.stream.cursor == 7


def test_head_takes_no_seat(client, live):
    door = Door(Hub())
    assert client.head(address_of(live), **{DOOR: door}).status_code == 200
    assert door.stream is None and door.hub.seats.taken == set()


def test_fourth_stream_of_one_person_is_429_until_one_ends(client, live, vera):
    client.force_login(vera)
    hub = Hub()
    doors = [Door(hub) for _ in range(4)]
    answers = [client.get(address_of(live), **{DOOR: door}) for door in doors]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Retry-After"] == "30"
    doors[0].stream.close()
    assert client.get(address_of(live), **{DOOR: Door(hub)}).status_code == 200


def test_stream_beyond_the_last_seat_is_503(client, live, vera, settings):
    settings.STREAMS_AT_MOST = 1
    hub = Hub()
    assert client.get(address_of(live), **{DOOR: Door(hub)}).status_code == 200
    response = client.get(address_of(live), **{DOOR: Door(hub)})
    assert (response.status_code, response["Retry-After"]) == (503, "30")


def test_addresses_and_people_are_counted_apart(settings):
    settings.STREAMS_PER_ADDRESS = settings.STREAMS_PER_PERSON = 1
    settings.STREAMS_AT_MOST = 3
    seats = Hub().seats
    for person, address in ((None, "192.0.2.1"), (None, "192.0.2.2"), (7, "192.0.2.1")):
        seats.take(person=person, address=address)
    with pytest.raises(TooManyStreams):
        seats.take(person=7, address="192.0.2.9")
    with pytest.raises(NoSeatLeft):
        seats.take(person=8, address="192.0.2.9")
