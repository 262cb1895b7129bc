"""What a test run does to its database between tests."""

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.core.management.commands import flush as flush_command
from django.db import connection, transaction


class Migrated:
    """A migrated SQLite database, made by the first process of `make test` and copied by the others.

    They wait for each other at a lock, which is given back when it has been copied or made, or its process ended.
    """

    def __init__(self):
        self.directory = Path(os.environ.get("MIGRATED", ""))
        self.copy = self.directory / "migrated.sqlite3"
        self.lock = None

    def take(self):
        """Put the copy where this process has its database; return whether there is one."""
        if connection.vendor != "sqlite" or not os.environ.get("MIGRATED"):
            return False
        self.lock = (self.directory / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.copy.exists():
            return False
        shutil.copyfile(self.copy, connection.settings_dict["TEST"]["NAME"])
        self.lock.close()
        self.lock = None
        return True

    def leave(self):
        """Let the others have what was made here."""
        if self.lock:
            begun = self.copy.with_suffix(".begun")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(begun)])
            begun.rename(self.copy)
            self.lock.close()


def disconnect_others():
    """A thread that forgot to close its connection must not keep the test database from being dropped."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def let_flush_put_back_the_start():
    """Tests with threads end by emptying every table, which the books' triggers rightly refuse: step aside there.

    What the migrations give a new site (house accounts, rates, the catalog) is kept in tables beside the real ones and
    put back from there; making it anew, and looking at every table, took most of the time of such a test.
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
    # Content types and permissions are among what is put back.
    flush_command.emit_post_migrate_signal = lambda *args, **options: None

    def restore():
        operations.execute_sql_flush, flush_command.emit_post_migrate_signal = flush, tell_all

    return restore


def _rows_in(tables):
    """Return those of the tables that have a row. One statement."""
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


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
