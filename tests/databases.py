"""Databases of test runs: copied from a migrated one, and emptied between tests."""

import fcntl
import hashlib
import os
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import date
from importlib.metadata import distributions
from unittest import mock

import psycopg
from django.conf import settings
from django.core.management.commands import flush as flush_command
from django.db import connection, transaction
from psycopg import sql

from tests import postgres

KEPT = settings.BASE_DIR / "var" / "migrated"
READ_BY_MIGRATIONS = ("config", "people", "wallet", "payouts", "live", "data")


def more_on_sqlite(queries):
    """Return how many queries more SQLite takes: PostgreSQL places taps inside a function."""
    return 0 if connection.vendor == "postgresql" else queries


class Migrated:
    """A migrated database, made by the first process that needs one and copied by the others and by later runs.

    Its directory is named after all that migrations read, so that any change there makes a new one. The processes wait
    for each other at a lock, which is released when the database was copied or made, or its process ended.
    """

    def __init__(self):
        self.directory = KEPT / f"{connection.vendor}-{_fingerprint()}"
        self.copy = self.directory / "database"
        self.server = self.lock = None
        self.is_used = connection.vendor == "sqlite" or settings.EMBEDDED_POSTGRES

    def take(self):
        """Copy the migrated database to this process's directory; return whether there is one."""
        if not self.is_used:
            return False
        self.directory.mkdir(parents=True, exist_ok=True)
        os.utime(self.directory)
        self.lock = (self.directory / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        exists = self.copy.exists()
        if connection.vendor == "postgresql":
            self._start_postgres(exists)
        elif exists:
            shutil.copyfile(self.copy, connection.settings_dict["TEST"]["NAME"])
        if exists:
            self._release()
        return exists

    def leave(self):
        """Copy the migrated database of this process for the others."""
        if not self.lock:
            return
        begun = self.copy.with_suffix(".begun")
        if connection.vendor == "postgresql":
            shutil.rmtree(begun, ignore_errors=True)
            connection.close()
            self.server.copy_to(begun)
        else:
            begun.unlink(missing_ok=True)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(begun)])
        begun.rename(self.copy)
        self._release()
        _remove_old(self.directory)

    def _start_postgres(self, from_copy):
        # One server for each process, so that tests share no connections, locks and open transactions.
        self.server = postgres.start_copy(self.copy) if from_copy else postgres.start()
        connection.settings_dict["OPTIONS"]["host"] = str(self.server.data)
        if from_copy:
            with psycopg.connect(self.server.address, autocommit=True) as server:
                ours = sql.Identifier(connection.settings_dict["TEST"]["NAME"])
                (theirs,) = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test%'").fetchone()
                if theirs != connection.settings_dict["TEST"]["NAME"]:
                    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(theirs), ours)
                    server.execute(rename)

    def _release(self):
        self.lock.close()
        self.lock = None


def _fingerprint():
    """Return a short hash of every file that a migration may read, of the packages, and of the day."""
    packages = sorted(f"{package.name} {package.version}" for package in distributions())
    found = hashlib.sha256(f"{date.today()} {sys.version} {packages}".encode())
    files = [path for app in READ_BY_MIGRATIONS for path in sorted((settings.BASE_DIR / app).rglob("*.*"))]
    for path in files:
        if path.suffix in (".py", ".csv"):
            found.update(str(path).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _remove_old(newest):
    """Remove databases of earlier states of the files. One that was used a moment ago may be being copied."""
    for directory in KEPT.iterdir():
        if directory != newest and directory.stat().st_mtime < time.time() - 600:
            shutil.rmtree(directory, ignore_errors=True)


def disconnect_others():
    """End other connections: one that a thread left open would keep the test database from being dropped."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def let_flush_put_back_the_start():
    """Disable the triggers while a test with threads empties every table: they refuse TRUNCATE and DELETE.

    The rows of the migrations (house accounts, rates, the catalog) are restored from copies of their tables. Running
    the migrations again took most of the time of such a test.
    """
    operations, quote = type(connection.ops), connection.ops.quote_name
    flush, tell_all = operations.execute_sql_flush, flush_command.emit_post_migrate_signal
    tables = connection.introspection.django_table_names(only_existing=True)
    start = [table for table in tables if _rows_in([table])]
    with connection.cursor() as cursor:
        for table in start:
            cursor.execute(f"CREATE TABLE {quote(f'start_{table}')} AS SELECT * FROM {quote(table)}")

    def put_back(self, sql_list):
        with transaction.atomic(), without_triggers(self.connection), self.connection.cursor() as cursor:
            for table in _rows_in(tables):
                cursor.execute(f"DELETE FROM {quote(table)}")
            for table in start:
                cursor.execute(f"INSERT INTO {quote(table)} SELECT * FROM {quote(f'start_{table}')}")

    operations.execute_sql_flush = put_back
    # Content types and permissions are restored too.
    flush_command.emit_post_migrate_signal = lambda *args, **options: None

    def restore():
        operations.execute_sql_flush, flush_command.emit_post_migrate_signal = flush, tell_all

    return restore


def _rows_in(tables):
    """Return the tables that have a row, by one query."""
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


@contextmanager
def without_server_cursors():
    """Send each result whole: a cursor on PostgreSQL costs three queries instead of one, and saves memory alone."""
    with mock.patch.object(connection, "chunked_cursor", connection.cursor):
        yield


def without_models(mutate_state):
    """Let a migration change a state without its models, which are rendered when they are asked for.

    Django renders every related model again after each operation: that took most of the time of a walk back.
    """

    def mutate(migration, state, preserve=True):
        apps = state.__dict__.pop("apps", None)
        after = state.clone() if preserve else state
        if preserve and apps:
            state.apps = apps
        return mutate_state(migration, after, preserve=False)

    return mutate


@contextmanager
def without_triggers(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("RESET session_replication_role")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)
