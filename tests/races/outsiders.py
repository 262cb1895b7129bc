"""Transactions that other programs keep open in the database."""

from contextlib import contextmanager

import psycopg
import pytest

from tests.real_server import database_url

OTHER = "ovation_test_other"


@contextmanager
def outside(dbname=None):
    """A connection of another program, such as an analyst's tool."""
    address = database_url()
    with psycopg.connect(address, autocommit=True, **({"dbname": dbname} if dbname else {})) as line:
        yield line


@contextmanager
def another_database():
    with outside() as ours:
        ours.execute(f"CREATE DATABASE {OTHER}")
        try:
            with outside(OTHER) as line:
                line.execute("CREATE TABLE notes (note text)")
                line.execute("BEGIN")
                line.execute("INSERT INTO notes VALUES ('an analyst went to lunch')")
                yield
        finally:
            ours.execute(f"DROP DATABASE {OTHER} WITH (FORCE)")


@contextmanager
def temporary_table():
    with outside() as line:
        line.execute("BEGIN")
        line.execute("CREATE TEMPORARY TABLE mine AS SELECT id FROM live_gifttap")
        yield


@contextmanager
def select_for_share():
    with outside() as line:
        line.execute("BEGIN")
        line.execute("SELECT id FROM live_livesession FOR SHARE")
        line.execute("SELECT id FROM live_gift FOR SHARE")
        yield


@contextmanager
def prepared_transaction():
    """A prepared transaction: its client is gone, and it stays until it is ended by name."""
    with outside() as line:
        if line.execute("SHOW max_prepared_transactions").fetchone() == ("0",):
            pytest.skip("needs a server with max_prepared_transactions")
        line.execute("BEGIN")
        line.execute("UPDATE people_user SET date_joined = date_joined WHERE id < 0")
        line.execute("SELECT pg_current_xact_id()")
        line.execute("PREPARE TRANSACTION 'forgotten'")
    try:
        yield
    finally:
        with outside() as line:
            line.execute("ROLLBACK PREPARED 'forgotten'")


@contextmanager
def old_snapshot():
    """As pg_dump and check_books hold one."""
    with outside() as line:
        line.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        line.execute("SELECT COUNT(*) FROM live_gifttap")
        yield


@contextmanager
def transaction_that_taps():
    """A tap that isn't committed yet, in the same room."""
    with outside() as line:
        line.execute("BEGIN")
        line.execute(
            """INSERT INTO live_gifttap (tap_id, session_id, viewer_id, gift_id, name, art, price, quantity, coins,
                as_somebody, created_at)
            SELECT gen_random_uuid(), session.id, person.id, gift.id, gift.name, gift.art, 5, 1, 5, false, now()
            FROM live_livesession session, live_gift gift, people_user person
            WHERE gift.slug = 'panda' AND person.name = 'Vera'"""
        )
        yield
        line.execute("ROLLBACK")


OPEN = [another_database, temporary_table, select_for_share, prepared_transaction, old_snapshot, transaction_that_taps]
