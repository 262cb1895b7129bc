"""Errors by which a database says that it can't serve now. Every part of the site asks this one function.

The kind of an exception isn't enough: Django calls a read-only standby an InternalError, as it does a server's bug,
and SQLite calls a missing column an OperationalError, as it does a locked file.
"""

from django.db import DatabaseError, InterfaceError, OperationalError

# Classes of SQLSTATE: connection, resources, interrupted by an operator, the system around the server.
AWAY_CLASSES = {"08", "53", "57", "58"}
AWAY_STATES = {
    "25006",  # read-only: a standby
    "25P03",  # the session was idle in its transaction for too long, and was ended
    "25P04",  # the transaction took too long, and was ended
    "26000",  # the prepared statement isn't there: PgBouncer gave this transaction another session
    "42P05",  # the prepared statement is there already: the same
    "40001",  # cancelled by a standby, or by a conflict of transactions
    "40P01",  # cancelled to resolve a deadlock
    "55P03",  # a lock wasn't free in time
}
READ_ONLY = "25006"
# Primary codes of SQLite: busy, locked, no memory, read-only, interrupted, input or output, full, no file, protocol.
AWAY_CODES = {5, 6, 7, 8, 9, 10, 13, 14, 15}


def is_outage(error: BaseException | None) -> bool:
    """Say whether an exception, or one that led to it, comes from a database that can't serve now."""
    return any(_says_so(each) for each in _chain(error))


def is_read_only(error: BaseException | None) -> bool:
    """Say whether the database refused to write because it is a standby."""
    return any(getattr(each, "sqlstate", None) == READ_ONLY for each in _chain(error))


def _says_so(error):
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    said = error.__cause__ or error
    if state := getattr(said, "sqlstate", None):
        return state in AWAY_STATES or state[:2] in AWAY_CLASSES
    if code := getattr(said, "sqlite_errorcode", None):
        return code & 0xFF in AWAY_CODES
    # Without a code: the connection couldn't be opened, or broke.
    return isinstance(error, OperationalError | InterfaceError)


def _chain(error):
    seen = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
