"""Errors of a database: an outage (503), or a fault of ours (500)."""

import sqlite3

import psycopg
import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import RequestFactory
from psycopg import errors

from config import views
from people.outages import is_outage, is_read_only

pytestmark = pytest.mark.once


def wrapped(kind, cause):
    """Return an error as Django raises it: its own class, caused by the driver's."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code):
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return wrapped(OperationalError, error)


OUTAGES = [
    wrapped(OperationalError, psycopg.OperationalError("connection refused")),
    wrapped(InterfaceError, psycopg.InterfaceError("the connection is closed")),
    wrapped(OperationalError, errors.AdminShutdown("57P01")),
    wrapped(OperationalError, errors.CannotConnectNow("57P03")),
    wrapped(OperationalError, errors.TooManyConnections("53300")),
    wrapped(OperationalError, errors.DiskFull("53100")),
    wrapped(OperationalError, errors.DeadlockDetected("40P01")),
    wrapped(OperationalError, errors.LockNotAvailable("55P03")),
    wrapped(OperationalError, errors.QueryCanceled("57014")),
    wrapped(InternalError, errors.ReadOnlySqlTransaction("25006")),
    wrapped(InternalError, errors.IdleInTransactionSessionTimeout("25P03")),
    wrapped(ProgrammingError, errors.DuplicatePreparedStatement("42P05")),
    wrapped(ProgrammingError, errors.InvalidSqlStatementName("26000")),
    of_sqlite(sqlite3.SQLITE_BUSY),
    of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
    of_sqlite(sqlite3.SQLITE_FULL),
    of_sqlite(sqlite3.SQLITE_CANTOPEN),
]
FAULTS = [
    wrapped(ProgrammingError, errors.UndefinedColumn("42703")),
    wrapped(DataError, errors.NumericValueOutOfRange("22003")),
    wrapped(InternalError, errors.InternalError_("XX000")),
    wrapped(InternalError, errors.InFailedSqlTransaction("25P02")),
    wrapped(OperationalError, errors.ProgramLimitExceeded("54000")),
    of_sqlite(sqlite3.SQLITE_ERROR),
    ValueError("no database at all"),
    None,
]


def name_of(error):
    return f"{type(error).__name__} {error}"


@pytest.mark.parametrize("error", OUTAGES, ids=name_of)
def test_what_a_database_says_that_cannot_serve_is_an_outage(error):
    assert is_outage(error)


@pytest.mark.parametrize("error", FAULTS, ids=name_of)
def test_what_is_our_own_fault_is_none(error):
    assert not is_outage(error)


def test_an_outage_is_known_by_the_error_that_it_led_to():
    try:
        try:
            raise OUTAGES[0]
        except OperationalError:
            raise KeyError("balance") from None
    except KeyError as error:
        assert is_outage(error)


def test_read_only_is_told_from_other_outages():
    assert [name_of(error) for error in OUTAGES if is_read_only(error)] == ["InternalError 25006"]


@pytest.mark.parametrize(("method", "words"), [("GET", "Nothing was changed"), ("POST", "may or may not have arrived")])
def test_an_outage_is_answered_with_words_that_hold_whatever_became_of_a_form(method, words):
    try:
        raise OUTAGES[0]
    except OperationalError:
        answer = views.server_error(RequestFactory().generic(method, "/wallet/recharge/"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert words in answer.content.decode()


def test_a_fault_is_500():
    try:
        raise FAULTS[0]
    except ProgrammingError:
        answer = views.server_error(RequestFactory().get("/wallet/"))
    assert answer.status_code == 500
