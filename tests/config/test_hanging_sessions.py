"""Sessions that hang are ended by PostgreSQL, sooner or later by the kind of process."""

import os
import subprocess
import sys
import threading

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from config.postgresql.limits import set_limits
from live.models import LiveSession
from tests.factories import make_session, make_user, tap
from tests.real_server import database_url
from wallet.books import one_snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

LIMITS = """SELECT name, setting::int / 1000 FROM pg_settings WHERE name IN
    ('idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout') ORDER BY name"""
SHOW = f"""
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(\"\"\"{LIMITS}\"\"\")
    print([seconds for _, seconds in cursor.fetchall()])
"""
AS_COMMAND = "import django, sys; sys.argv = ['manage.py', {!r}]; django.setup()"


@pytest.mark.parametrize(
    ("begin", "seconds"),
    [
        ("import config.asgi", [15, 10, 30]),
        ("import config.wsgi", [15, 10, 30]),
        (AS_COMMAND.format("worker"), [15, 30, 600]),
        (AS_COMMAND.format("migrate"), [3_600, 0, 0]),
        (AS_COMMAND.format("check_books"), [3_600, 0, 0]),
    ],
)
@pytest.mark.parametrize("pool", [True, False])
def test_each_kind_of_process_has_its_limits(begin, seconds, pool):
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"DEMO": "1", "DEBUG": "0", "SECRET_KEY": settings.SECRET_KEY, "PYTHONWARNINGS": "ignore"}
    without = "\nfrom django.conf import settings; settings.DATABASES['default']['OPTIONS'].pop('pool')\n"
    code = begin + ("\n" if pool else without) + SHOW
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.stdout.strip() == str(seconds), answer.stderr


@pytest.fixture
def short(settings):
    settings.DATABASE_LIMITS_OF = "web"
    settings.DATABASE_LIMITS = {"web": {"idle": 1, "statement": 2, "lock": 1}}


def test_transaction_that_hangs_gives_its_locks_back(settings):
    """A process that stops while it ends a live must not block taps in its room."""
    settings.DATABASE_LIMITS_OF = "web"
    settings.DATABASE_LIMITS = {"web": {"idle": 1, "statement": 20, "lock": 20}}
    live, vera = make_session(), make_user("Vera", coins=100)
    is_locked, goes_on, errors = threading.Event(), threading.Event(), []

    def hang():
        try:
            with transaction.atomic():
                connection.ensure_connection()
                set_limits(connection.connection)
                LiveSession.objects.select_for_update().get(pk=live.pk)
                is_locked.set()
                goes_on.wait(30)
                LiveSession.objects.count()
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=hang)
    thread.start()
    assert is_locked.wait(10)

    tap(vera, live)

    # The tap went through while the other process was still hanging.
    assert thread.is_alive()
    assert live.taps.count() == 1
    goes_on.set()
    thread.join()
    assert len(errors) == 1


def test_tap_that_waits_for_a_lock_too_long_is_refused_and_nothing_is_debited(short):
    live, vera = make_session(), make_user("Vera", coins=100)
    connection.ensure_connection()
    set_limits(connection.connection)
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT id FROM live_livesession FOR UPDATE")
        with pytest.raises(OperationalError, match="lock timeout"):
            tap(vera, live)
    assert live.taps.count() == 0
    connection.close()


def test_query_that_takes_too_long_is_ended_but_not_of_the_books(short):
    connection.ensure_connection()
    set_limits(connection.connection)
    with connection.cursor() as cursor:
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(5)")
        with one_snapshot():
            cursor.execute(LIMITS)
            assert [seconds for _, seconds in cursor.fetchall()] == [0, 1, 0]
        cursor.execute(LIMITS)
        assert [seconds for _, seconds in cursor.fetchall()] == [1, 1, 2]
    connection.close()
