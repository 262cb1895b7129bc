"""Streams: the checks before a stream opens, and the limits on open streams."""

import pytest
from django.urls import reverse

from live.streams.hub import DOOR, Door, Hub
from live.streams.seats import NoSeatLeft, TooManyStreams

pytestmark = pytest.mark.django_db


def address_of(live):
    return reverse("events", args=[live.pk])


@pytest.mark.parametrize("cursor", ["-1", "x", str(2**63), "٣", "1.5", "p", "p-1", "p٣", f"p{2**63}", "pp1", "p 1"])
def test_strange_cursor_is_422(client, live, cursor):
    statuses = [
        client.get(address_of(live), {"after": cursor}).status_code,
        client.get(address_of(live), headers={"Last-Event-ID": cursor.encode().decode("latin1")}).status_code,
    ]

    assert statuses == [422, 422]


def test_server_that_cannot_stream_answers_204_at_once(client, live):
    response = client.get(address_of(live))
    assert (response.status_code, response.content) == (204, b"")


def test_no_such_live_is_404(client, live):
    page = client.get(address_of(live).replace(str(live.pk)[:8], "00000000"))

    assert page.status_code == 404


def test_last_event_id_goes_before_the_address(client, live):
    door = Door(Hub())
    response = client.get(address_of(live), {"after": "p3"}, headers={"Last-Event-ID": "p7"}, **{DOOR: door})
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    assert door.stream.place == 7


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_stream_is_neither_stored_nor_compressed_nor_buffered_on_its_way(client, live, vera, is_signed_in):
    if is_signed_in:
        client.force_login(vera)
    response = client.get(address_of(live), headers={"Accept-Encoding": "gzip, br"}, **{DOOR: Door(Hub())})
    assert {"no-store", "no-transform"} <= set(response["Cache-Control"].split(", "))
    assert (response["X-Accel-Buffering"], response.get("Content-Encoding")) == ("no", None)


def test_head_takes_no_seat(client, live):
    door = Door(Hub())
    page = client.head(address_of(live), **{DOOR: door})

    assert page.status_code == 200
    assert door.stream is None and door.hub.seats.taken == set()


def test_fourth_stream_of_one_person_is_429_until_one_ends(client, live, vera):
    client.force_login(vera)
    hub = Hub()
    doors = [Door(hub) for _ in range(4)]
    answers = [client.get(address_of(live), **{DOOR: door}) for door in doors]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Retry-After"] == "30"
    doors[0].stream.close()
    page = client.get(address_of(live), **{DOOR: Door(hub)})

    assert page.status_code == 200


def test_stream_beyond_the_last_seat_is_503(client, live, vera, settings):
    settings.STREAMS_AT_MOST = 1
    hub = Hub()
    page = client.get(address_of(live), **{DOOR: Door(hub)})

    assert page.status_code == 200

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
