"""Streams: how they end."""

import asyncio
import subprocess
import sys
import threading

import pytest
from django.conf import settings

from live.sessions.sessions import end_session
from live.streams import reading
from live.streams.frames import OPENING
from live.streams.hub import STUCK_SECONDS
from live.streams.reading import THREADS
from tests.factories import make_user, tap
from tests.live.streams.listening import Ear, listen, off_loop, pass_seconds

pytestmark = pytest.mark.django_db(transaction=True)

# The server has closed every stream when its shutdown returns.
PROMISED = 2


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
    assert "This live has ended" in text and "1 gift and 5 points" in " ".join(text.replace("\ndata:", "").split())


def test_live_that_has_ended_streams_its_rest_and_ends(live, vera):
    ids = [tap(vera, live).id for _ in range(3)]
    end_session(live, by="cleo")

    async def scene(hub):
        ears = [Ear(hub, live, place).dial() for place in (0, 2, 3)]
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


def test_shutdown_cuts_off_who_does_not_read_and_who_waits_for_the_database(live, vera):
    tap(vera, live)
    database_answers = threading.Event()

    async def scene(hub):
        deaf = Ear(hub, live)
        deaf.may_read.clear()
        deaf.dial()
        await deaf.until(lambda _: hub.rooms and hub.rooms[live.pk].place is not None)
        for _ in range(THREADS):
            hub._readers.submit(database_answers.wait)
        hub._readers.submit_late(database_answers.wait)
        waits = Ear(hub, live).dial()
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


def test_listener_who_takes_no_piece_for_twenty_seconds_is_cut_off_even_without_a_database(live, vera):
    database_answers = threading.Event()

    async def scene(hub):
        hears, deaf = Ear(hub, live, person=vera.pk).dial(), Ear(hub, live)
        await hears.until(lambda ear: ear.pieces and hub.rooms[live.pk].place is not None)
        deaf.may_read.clear()
        deaf.dial()
        await deaf.until(lambda _: len(hub._listeners) == 2)
        (since,) = (listener.sending_since for listener in hub._listeners if listener.sending_since)
        await hub.make_a_round(since + STUCK_SECONDS)
        await pass_seconds(0.1)
        was_cut_off = deaf.line.done()
        for _ in range(THREADS):
            hub._readers.submit(database_answers.wait)
        waits = asyncio.create_task(hub.make_a_round(since + STUCK_SECONDS + 1))
        await pass_seconds(0.1)
        is_cut_off = deaf.line.cancelled() and not waits.done()
        database_answers.set()
        await waits
        return was_cut_off, is_cut_off, hears.line.done(), len(hub.seats.taken)

    assert listen(scene) == (False, True, False, 1)


def test_server_ends_although_the_database_does_not_answer(live):
    database_answers = threading.Event()

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(lambda ear: ear.pieces and hub.rooms[live.pk].place is not None)
        for _ in range(THREADS):
            hub._readers.submit(database_answers.wait)
        hub.close()
        await pass_seconds(PROMISED)
        working = hub._tasks.copy()
        database_answers.set()
        return working

    assert listen(scene) == set()


def test_reader_that_fails_calls_nobody_back_at_once(live, monkeypatch, caplog):
    def fail(*_):
        raise ValueError("one of ours")

    monkeypatch.setattr(reading, "read_on", fail)

    async def scene(hub):
        return await Ear(hub, live).dial().until_end(), hub.seats.taken

    text, taken = listen(scene)
    assert text == OPENING.decode()
    assert taken == set()
    assert caplog.text.count("ValueError: one of ours") == 1


def test_python_waits_for_no_reader_that_waits_for_the_database():
    waiting = "from live.streams.reading import Readers; import threading; Readers().submit(threading.Event().wait)"
    setup = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()"
    subprocess.run([sys.executable, "-c", f"{setup}; {waiting}"], cwd=settings.BASE_DIR, timeout=60, check=True)
