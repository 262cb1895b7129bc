"""Time-outs after which PostgreSQL ends a session that hangs, by the kind of process.

A process that is stopped, or whose machine is gone, keeps its transaction and the locks in it: the room that it was
ending, the row of a person's coins. Only the server can end that.
"""

import psycopg
from django.conf import settings

SET = """SELECT set_config('idle_in_transaction_session_timeout', %(idle)s, false),
    set_config('statement_timeout', %(statement)s, false), set_config('lock_timeout', %(lock)s, false)"""


def serve_pages() -> None:
    """Say that this process serves pages. Counts for connections that are opened from now on."""
    settings.DATABASE_LIMITS_OF = "web"


def set_limits(connection: psycopg.Connection) -> None:
    """Give a new session its limits: one query for each connection, none for each request."""
    limits = settings.DATABASE_LIMITS[settings.DATABASE_LIMITS_OF]
    with connection.cursor() as cursor:
        cursor.execute(SET, {name: f"{seconds}s" for name, seconds in limits.items()}, prepare=False)
