"""PgBouncer in transaction mode, recognised without a setting: it gives each transaction another session.

A prepared statement belongs to a session. In another one its name is missing, taken, or means another query, which
would then run with this query's values. So the site does without prepared statements as soon as a pooler is seen.
"""

import logging
import threading

import psycopg
from django.db import connections

WORDS = (
    "A pooler such as PgBouncer stands between the site and PostgreSQL, and DATABASE_BEHIND_PGBOUNCER is not set. The "
    "site goes on without prepared statements and server-side cursors, which a pooler in transaction mode mixes up."
)
HINT = "Set DATABASE_BEHIND_PGBOUNCER=1."

log = logging.getLogger(__name__)
is_seen = threading.Event()


def stands_between(connection: psycopg.Connection) -> bool:
    """Say whether the session answers under another process id than it was opened with: a pooler makes one up."""
    with connection.cursor() as cursor:
        row = cursor.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
    assert row, "the query returns one row"
    return row[0] != connection.info.backend_pid


def do_without_session_state(seen: str) -> None:
    """Let this process keep nothing in a session from now on; log the reason once."""
    if is_seen.is_set():
        return
    is_seen.set()
    # One dictionary for the pool and for every thread's access.
    settings = connections.settings["default"]
    settings["OPTIONS"]["prepare_threshold"] = None
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    log.error("%s %s (%s)", WORDS, HINT, seen)
