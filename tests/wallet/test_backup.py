"""A backup of SQLite while taps go on: each copy is whole, of one moment, and its books are right."""

import os
import sqlite3
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import make_session, make_user, tap
from wallet.backup import back_up

COPIES = 5


@pytest.fixture
def tapping(settings):
    """Let two viewers tap without a pause as long as the test; yield the count so far."""
    settings.TAPS_PER_SECOND = 100_000
    session, stop, taps = make_session(), threading.Event(), []
    viewers = [make_user("Vera", coins=50_000), make_user("Walt", coins=50_000)]

    def keep_tapping(viewer):
        while not stop.is_set():
            taps.append(tap(viewer, session, gift_slug="panda", price=5))
        connection.close()

    threads = [threading.Thread(target=keep_tapping, args=[viewer]) for viewer in viewers]
    for thread in threads:
        thread.start()
    yield taps
    stop.set()
    for thread in threads:
        thread.join()


def check_books_of(path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{path}", "DEBUG": "1", "SECRET_KEY": settings.SECRET_KEY}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "check_books"]
    return subprocess.run(
        command, check=False, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60
    )


def count_taps(path):
    with sqlite3.connect(path) as copy:
        return copy.execute("SELECT count(*) FROM live_gifttap").fetchone()[0]


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_copies_made_under_taps_are_whole_and_of_one_moment(tapping, tmp_path):
    counts = []
    for number in range(COPIES):
        path, before = tmp_path / f"{number}.sqlite3", len(tapping)
        back_up(path)
        counts.append((before, count_taps(path), len(tapping) + 2))

    assert all(before <= copied <= after for before, copied, after in counts)
    assert counts[-1][1] > counts[0][1]
    checked = check_books_of(tmp_path / f"{COPIES - 1}.sqlite3")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    assert {path.name for path in tmp_path.iterdir()} == {f"{number}.sqlite3" for number in range(COPIES)}


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_backup_overwrites_nothing_and_says_where_it_could_not_write(tmp_path):
    old = tmp_path / "old.sqlite3"
    old.write_text("another backup")

    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", old)
    with pytest.raises(CommandError, match="unable to open"):
        call_command("backup", tmp_path / "nowhere" / "new.sqlite3")

    assert old.read_text() == "another backup"


@pytest.mark.postgres
@pytest.mark.django_db
def test_backup_of_postgresql_names_the_programs_for_it(tmp_path):
    with pytest.raises(CommandError, match="pg_dump or pg_basebackup"):
        call_command("backup", tmp_path / "new.sqlite3")
