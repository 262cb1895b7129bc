"""With any transaction open in the database, a tap is heard within a second and keeps its place."""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.db import connection

from live.feed import placing, tallies
from live.feed.feed import newest_place, read_feed, taps_after
from live.feed.placing import last_decided_tap, place_taps
from live.feed.tallies import tally_sessions, totals_of
from live.models import SessionTally, TapPlace
from live.sessions.sessions import end_session
from tests.factories import make_session, make_user, tap
from tests.live.streams.listening import PATIENCE, Ear, listen, off_loop
from tests.races.outsiders import OPEN, outside, transaction_that_taps
from tests.races.test_streaming_servers import Line
from tests.races.threads import at_once, raised, rounds
from tests.real_server import database_url, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

# From a tap's commit to its receipt. The stream looks four times a second. The median of five: others of the machine's
# programs may hold up one, where a transaction that stays open would hold up all.
SOON = 1.0
ROOM_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s::text, 0))"


@pytest.mark.parametrize("is_open", OPEN)
def test_tap_is_heard_within_a_second_while_something_else_is_open(is_open):
    live, vera = make_session(), make_user("Vera", coins=1_000)

    async def scene(hub):
        ear = Ear(hub, live).dial()
        # Let the reader run once first: its first load is no part of the measured time.
        await ear.until(lambda ear: "event: board" in "".join(ear.pieces))
        waits = []
        for number in range(1, 6):
            await off_loop(tap, vera, live)
            committed = time.monotonic()
            await ear.until_taps(number)
            waits.append(time.monotonic() - committed)
        return waits, ear.place

    with is_open():
        waits, place = listen(scene)
        polled = read_feed(live, 0)

    assert statistics.median(waits) < SOON
    assert (place, polled.upto, len(polled.taps)) == (5, 5, 5)


# --- Our own processes --------------------------------------------------------------------------

READS = """
import django, sys
django.setup()
from live.feed.feed import read_feed
from live.models import LiveSession
session = LiveSession.objects.get()
print("reads", flush=True)
while True:
    read_feed(session, 0)
"""


def test_process_that_is_stopped_in_mid_read_holds_back_nobody():
    """Stopped at ten moments, so also between two of its steps; what it had begun is ended by the server."""
    live, vera = make_session(), make_user("Vera", coins=1_000)
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"DEMO": "1", "DEBUG": "0", "SECRET_KEY": settings.SECRET_KEY, "PYTHONWARNINGS": "ignore"}
    reader = subprocess.Popen(
        [sys.executable, "-c", READS], env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    waits = []
    try:
        assert reader.stdout.readline() == "reads\n"
        for number in range(1, 11):
            tap(vera, live)
            time.sleep(0.0037 * number)
            reader.send_signal(signal.SIGSTOP)
            last = tap(vera, live).id
            committed = time.monotonic()
            while taps_after(live, 0)[-1].id != last:
                assert time.monotonic() - committed < PATIENCE
            waits.append(time.monotonic() - committed)
            reader.send_signal(signal.SIGCONT)
    finally:
        reader.send_signal(signal.SIGCONT)
        reader.kill()
        reader.wait()
        reader.stdout.close()

    assert statistics.median(waits) < SOON
    assert [row.place for row in taps_after(live, 0)] == list(range(1, 21))


def test_server_that_is_stopped_while_it_streams_holds_back_no_other():
    live, vera = make_session(), make_user("Vera", coins=1_000)
    with serving(processes=2) as (stopped, other):
        here, there = Line(stopped, live), Line(other, live)
        for line in (here, there):
            line.until("event: beat")
        pid = int(subprocess.check_output(["pgrep", "-P", str(stopped.process.pid)], text=True).split()[0])
        waits = []
        try:
            for _ in range(5):
                tap(vera, live)
                os.kill(pid, signal.SIGSTOP)
                last = tap(vera, live).id
                committed = time.monotonic()
                there.until(f'data-tap="{last}"')
                waits.append(time.monotonic() - committed)
                os.kill(pid, signal.SIGCONT)
                here.until(f'data-tap="{last}"')
        finally:
            os.kill(pid, signal.SIGCONT)
    assert statistics.median(waits) < SOON


def test_reader_waits_a_second_for_the_lock_of_a_room_and_shows_what_has_a_place():
    """As while the end of a live hangs in its transaction."""
    live, vera = make_session(), make_user("Vera", coins=1_000)
    first = tap(vera, live).id
    placed = place_taps(live)

    assert placed == 1

    second = tap(vera, live).id
    with outside() as line:
        line.execute(ROOM_LOCK, [live.pk])
        began = time.monotonic()
        placed = place_taps(live)

        assert placed is None
        assert 0.9 < time.monotonic() - began < 3
        assert [row.id for row in taps_after(live, 0)] == [first]
    assert [row.id for row in taps_after(live, 0)] == [first, second]


def test_lock_of_one_room_is_no_lock_of_another():
    mine, vera = make_session(), make_user("Vera", coins=1_000)
    tap(vera, mine)
    with outside() as line:
        line.execute(ROOM_LOCK, ["00000000-0000-4000-8000-000000000000"])
        placed = place_taps(mine)

        assert placed == 1


# --- Many readers -------------------------------------------------------------------------------


@rounds
def test_readers_at_once_see_one_order_and_each_tap_once(round_):
    live = make_session()
    viewers = [make_user(f"Viewer {number}", coins=1_000) for number in range(8)]
    ended = threading.Event()

    def read():
        seen, place = [], 0
        while True:
            is_last = ended.is_set()
            part = read_feed(live, place)
            seen, place = seen + [row.id for row in part.taps], part.upto
            if is_last and not part.taps:
                return seen

    def give(viewer):
        from django.db import transaction

        for number in range(10):
            with transaction.atomic():
                tap(viewer, live)
                time.sleep(0.002 * (number % 4))

    def work(one):
        if one == "read":
            return read()
        give(one)
        nonlocal left
        left -= 1
        if not left:
            ended.set()
        return None

    left = len(viewers)
    results = at_once(work, ["read"] * 4 + viewers)

    assert raised(results, Exception) == []
    readers = results[:4]
    assert sorted(readers[0]) == sorted(live.taps.values_list("id", flat=True))
    assert readers == [readers[0]] * 4
    places = TapPlace.objects.filter(session=live).order_by("place").values_list("place", "tap_id")
    assert list(places) == list(enumerate(readers[0], start=1))


# --- Up to where everything is decided ----------------------------------------------------------


def test_mark_of_a_tally_waits_for_who_can_still_commit_an_earlier_id(monkeypatch):
    monkeypatch.setattr(tallies, "TALLY_EVERY", 1)
    monkeypatch.setattr(placing, "DECIDED_SECONDS", 0.1)
    live, vera = make_session(), make_user("Vera", coins=1_000)
    newest = tap(vera, live).id
    assert last_decided_tap() == newest

    with transaction_that_taps():
        second = tap(vera, live).id
        assert last_decided_tap() == 0
        tally_sessions()
        tally = SessionTally.objects.get()
        assert (tally.place, tally.all_up_to) == (2, 0)
        assert totals_of([live])[live.pk] == (10, 2)

    # The transaction id of a rolled back tap is decided, too.
    assert second > newest + 1
    third = tap(vera, live).id
    assert last_decided_tap() == third
    tally_sessions()
    assert SessionTally.objects.get().all_up_to == third


@pytest.mark.parametrize("is_open", OPEN[:5])
def test_mark_of_a_tally_moves_on_while_something_else_is_open(is_open):
    live, vera = make_session(), make_user("Vera", coins=1_000)
    newest = tap(vera, live).id
    with is_open():
        assert last_decided_tap() == newest


def test_end_places_what_nobody_has_read():
    live, vera = make_session(), make_user("Vera", coins=1_000)
    ids = [tap(vera, live).id for _ in range(3)]
    end_session(live, by="cleo")
    assert newest_place(live) == 3
    assert [row.id for row in taps_after(live, 0)] == ids
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
