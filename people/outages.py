"""Errors of a database that can't serve now. Every part of the site uses is_outage().

The class of an exception isn't enough. Django raises InternalError for a read-only standby and for a bug of the
server. SQLite raises OperationalError for a locked file and for a missing column.
"""

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, OperationalError

# Classes of SQLSTATE: connection, resources, operator intervention, system error.
AWAY_CLASSES = {"08", "53", "57", "58"}
AWAY_STATES = {
    "25006",  # read-only: a standby
    "25P03",  # idle_in_transaction_session_timeout
    "25P04",  # transaction_timeout
    "26000",  # the prepared statement is missing: PgBouncer gave this transaction another session
    "42P05",  # the prepared statement exists already, for the same reason
    "40001",  # serialization failure, or a conflict with recovery on a standby
    "40P01",  # deadlock
    "55P03",  # lock_timeout
}
READ_ONLY = "25006"
# Primary codes of SQLite: busy, locked, out of memory, read-only, interrupted, I/O, full, can't open, lock protocol.
AWAY_CODES = {5, 6, 7, 8, 9, 10, 13, 14, 15}


def is_outage(error: BaseException | None) -> bool:
    """Return whether an exception, or one in its chain of causes, comes from a database that can't serve now."""
    return any(_says_so(each) for each in _chain(error))


def is_read_only(error: BaseException | None) -> bool:
    """Return whether the database refused to write because it is a standby."""
    return any(getattr(each, "sqlstate", None) == READ_ONLY for each in _chain(error))


def _says_so(error: BaseException) -> bool:
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    said = error.__cause__ or error
    if state := getattr(said, "sqlstate", None):
        return state in AWAY_STATES or state[:2] in AWAY_CLASSES
    if code := getattr(said, "sqlite_errorcode", None):
        return code & 0xFF in AWAY_CODES
    # An error without a code: the connection couldn't be opened, or broke.
    return isinstance(error, OperationalError | InterfaceError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
