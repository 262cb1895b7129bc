"""What a test run does to its database between tests."""

from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.db import connection


def disconnect_others():
    """A thread that forgot to close its connection must not keep the test database from being dropped."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def let_flush_pass_the_triggers():
    """Tests with threads end by emptying every table, which the books' triggers rightly refuse: step aside there."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_without_triggers(self, sql_list):
        with without_triggers(self.connection):
            flush(self, sql_list)
        _start_anew(self.connection)

    operations.execute_sql_flush = flush_without_triggers
    return lambda: setattr(operations, "execute_sql_flush", flush)


def _start_anew(connection):
    """Put back what the migrations give a new site: house accounts, rates, terms, packages, the catalog."""
    starts = [f"{app}.migrations.0002_promises_and_start" for app in ("wallet", "payouts", "live")]
    for name in [*starts, "payouts.migrations.0004_services_and_promises"]:
        migration = import_module(name)
        with connection.schema_editor() as editor:
            migration.start(apps, editor)


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
