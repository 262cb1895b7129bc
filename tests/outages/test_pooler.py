"""PgBouncer in transaction mode without its setting: pages are served, and a warning names the setting."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from config.postgresql import pooler
from config.postgresql.connection import Connection
from tests.outages.pgbouncer import PGBOUNCER, pgbouncer
from tests.outages.visitor import Visitor
from tests.real_server import serving

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(
        not PGBOUNCER and os.environ.get("PGBOUNCER_TESTS") != "required",
        reason="PgBouncer is not installed. On Debian: apt-get install pgbouncer",
    ),
]


@pytest.fixture(scope="session")
def between(world):
    with pgbouncer(world.cluster) as url:
        yield url


@pytest.fixture
def unseen():
    """A process that has seen no pooler yet, and forgets it afterwards."""
    known = connections.settings["default"]
    before = known["OPTIONS"]["prepare_threshold"], known["DISABLE_SERVER_SIDE_CURSORS"]
    pooler.is_seen.clear()
    yield
    pooler.is_seen.clear()
    known["OPTIONS"]["prepare_threshold"], known["DISABLE_SERVER_SIDE_CURSORS"] = before


def manage(*arguments, **environment):
    environment = {**os.environ, "SECRET_KEY": settings.SECRET_KEY, "DEBUG": "1", **environment}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, check=False, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60
    )


def test_pooler_without_its_setting_fails_no_request(world, between):
    with serving(DATABASE_URL=between, LOG_LEVEL="ERROR") as (server,):
        vera = Visitor(server, world)
        with ThreadPoolExecutor(12) as pool:
            asked = [pool.submit(vera.ask, "/wallet/") for _ in range(120)]
            asked += [pool.submit(vera.ask, f"/live/{world.live}/feed/?after=0") for _ in range(120)]
            answers = [answer.result() for answer in asked]
        taps = [vera.tap() for _ in range(12)]

    assert {answer.status for answer in answers} <= {200, 204}
    assert {tap.status for tap in taps} == {200}


def test_database_away_behind_a_pooler_is_503_soon_and_then_at_once(world, between):
    """The pooler queues a session that it can't serve; its query gets no answer for two minutes."""
    with serving(DATABASE_URL=between, DATABASE_BEHIND_PGBOUNCER="1", LOG_LEVEL="ERROR") as (server,):
        vera = Visitor(server, world)
        assert vera.tap().status == 200
        world.cluster.stop("immediate")
        try:
            first = vera.ask("/wallet/")
            time.sleep(1)
            later = [vera.ask("/wallet/"), vera.tap(), vera.ask("/readyz")]
        finally:
            world.cluster.start()
        back = until_served(vera)

    assert (first.status, first.seconds < 6) == (503, True)
    assert [answer.status for answer in later] == [503] * 3
    assert max(answer.seconds for answer in later) < 1
    assert back < 5


def until_served(visitor):
    """Return the seconds until a page is served."""
    began = time.monotonic()
    while visitor.ask("/wallet/").status != 200:
        assert time.monotonic() - began < 30
        time.sleep(0.1)
    return time.monotonic() - began


def test_check_says_in_words_that_a_pooler_stands_between(world, between):
    seen = manage("check", "--database", "default", DATABASE_URL=between)
    named = manage("check", "--database", "default", DATABASE_URL=between, DATABASE_BEHIND_PGBOUNCER="1")
    direct = manage("check", "--database", "default", DATABASE_URL=world.cluster.url)

    assert "(ovation.W010) A pooler such as PgBouncer stands between" in " ".join(seen.stderr.split())
    assert "Set DATABASE_BEHIND_PGBOUNCER=1." in seen.stderr
    assert [run.stderr.count("ovation.W010") for run in (named, direct)] == [0, 0]


def test_lost_statement_ends_prepared_statements_for_the_process_at_its_first_error(world, between, unseen, caplog):
    """A pooler that passes process ids on isn't recognised when a connection is opened."""
    one, other = (Connection.connect(between, autocommit=True, prepare_threshold=0) for _ in range(2))
    with one, other:
        with pytest.raises((psycopg.errors.DuplicatePreparedStatement, psycopg.errors.InvalidSqlStatementName)):
            for _ in range(20):
                one.execute("SELECT 1 + %s", [1])
                other.execute("SELECT 2 + %s", [1])
        for _ in range(20):
            broken = one if one.prepare_threshold is None else other
            assert broken.execute("SELECT 3 + %s", [1]).fetchone() == (4,)

    assert pooler.is_seen.is_set()
    assert connections.settings["default"]["OPTIONS"]["prepare_threshold"] is None
    assert [record.message.startswith(pooler.WORDS) for record in caplog.records] == [True]
