"""The circuit breaker by itself: the results of probes, and waiting queries that read them."""

import threading
import time

import pytest

from config.postgresql import outage as module
from config.postgresql.outage import DatabaseAway, Outage, Verdict

pytestmark = pytest.mark.once


class Database:
    """A database that answers, refuses or stays silent on command; it counts the probes."""

    def __init__(self):
        self.refuses, self.may_answer, self.probes = False, threading.Event(), 0
        self.may_answer.set()

    def __call__(self):
        self.probes += 1
        self.may_answer.wait(5)
        if self.refuses:
            raise OSError("the database system is starting up")


@pytest.fixture
def database(monkeypatch):
    """With patience of hundredths of a second."""
    for name in ("SILENCE_SECONDS", "GLANCE_SECONDS", "PAUSE_SECONDS", "PAUSE_WHEN_REFUSED_SECONDS"):
        monkeypatch.setattr(module, name, getattr(module, name) / 20)
    database = Database()
    yield database
    database.may_answer.set()


def concludes_silence(outage, *, within):
    """Return whether a query that has waited for a while is given up."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if outage.is_silent(1):
            return True
        time.sleep(0.005)
    return False


def test_slow_query_goes_on_while_probes_are_answered(database):
    assert not concludes_silence(Outage(database), within=0.5)
    assert database.probes > 1


def test_query_waits_in_vain_while_a_probe_has_no_answer(database):
    database.may_answer.clear()
    assert concludes_silence(Outage(database), within=2)
    assert database.probes == 1


def test_query_waits_in_vain_where_nothing_but_refusals_come(database):
    database.refuses = True
    assert concludes_silence(Outage(database), within=2)
    assert database.probes > 1


def test_one_refusal_is_no_silence(database):
    database.refuses = True
    outage = Outage(database)
    assert outage.look(1) is Verdict.REFUSES
    database.refuses = False
    assert not concludes_silence(outage, within=0.5)


def test_outage_fails_at_once_and_ends_with_the_first_probe_that_is_answered(database, caplog):
    outage = Outage(database)
    outage.let_through()
    database.refuses = True
    outage.look(1)
    outage.begin(outage.reason)

    with pytest.raises(DatabaseAway, match="starting up"):
        outage.let_through()
    with pytest.raises(DatabaseAway):
        outage.let_through()
    database.refuses = False
    outage.let_through()

    assert not outage.is_on
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_one_probe_serves_all_who_ask(database):
    database.may_answer.clear()
    outage = Outage(database)
    outage.begin("frozen")
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(DatabaseAway):
            outage.let_through()
    assert time.monotonic() - began < 2
    assert database.probes == 1
