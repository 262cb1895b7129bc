"""Streams: how they end, and who is let in."""

import math
import threading

import pytest
from django.urls import reverse

from live.sessions import end_session
from live.streams import rooms
from live.streams.hub import DOOR, Door, Hub
from live.streams.reading import THREADS
from live.streams.seats import NoSeatLeft, TooManyStreams
from tests.factories import make_creator, make_session, make_user, tap
from tests.live.listening import Ear, listen, off_loop, pass_seconds

pytestmark = pytest.mark.django_db(transaction=True)

# A server that is told to end has let go of every stream by then.
PROMISED = 2


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
        await pass_seconds(PROMISED)
        return [(ear.line.done(), "".join(ear.pieces)) for ear in ears], hub.seats.taken

    ears, taken = listen(scene)
    assert {(ended, text.endswith("event: again\ndata: resume\n\n")) for ended, text in ears} == {(True, True)}
    assert taken == set()


def test_shutdown_cuts_off_who_does_not_read_and_who_waits_for_the_database(live):
    database_answers = threading.Event()

    async def scene(hub):
        deaf = Ear(hub, live)
        deaf.may_read.clear()
        deaf.dial()
        await deaf.until(lambda _: hub.rooms[live.pk].spot if hub.rooms else None)
        for _ in range(THREADS):
            hub._readers.submit(database_answers.wait)
        waits = Ear(hub, live, cursor=7).dial()
        await waits.until(lambda ear: ear.pieces)
        hub.close()
        await pass_seconds(PROMISED)
        database_answers.set()
        return [ear.line.cancelled() for ear in (deaf, waits)], hub.seats.taken

    assert listen(scene) == ([True, True], set())


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


def address_of(live):
    return reverse("events", args=[live.pk])


# --- The door -----------------------------------------------------------------------------------


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
