"""The worker: each job apart from the others, the hourly ones once an hour, and an orderly end."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from live import worker
from live.models import LiveSession
from live.sessions.sessions import end_session
from payouts.diamonds import diamond_balance
from payouts.models import Quote
from payouts.withdrawals.withdrawals import forget_expired_quotes, quote, request_withdrawal
from people.models import BrowserSession
from people.signing_in.sessions import SessionStore
from tests.factories import give_coins, make_creator, make_payout_account, make_session, make_user, tap
from wallet.models import Account

pytestmark = pytest.mark.django_db


def earn(creator, *, drama_queens):
    """Let a creator earn 5,000 diamonds for each Drama Queen."""
    vera, session = make_user("Vera"), make_session(creator)
    give_coins(vera, 5_000 * drama_queens)
    tap(vera, session, gift_slug="drama-queen", quantity=drama_queens)
    end_session(session, by="cleo")


def withdraw(creator, cents, **when):
    account = creator.payout_accounts.first() or make_payout_account(creator)
    return request_withdrawal(quote=quote(creator=creator, account=account, cents=cents, **when), creator=creator)


def run(monkeypatch, *jobs, last_runs=None, **options):
    monkeypatch.setattr(worker, "EVERY_ROUND", list(jobs))
    monkeypatch.setattr(worker, "EVERY_HOUR", [])
    return worker.run_round({} if last_runs is None else last_runs, **options)


def test_one_round_sends_a_withdrawal_and_a_later_one_has_it_paid():
    cleo = make_creator().user
    earn(cleo.creator, drama_queens=8)
    withdrawal = withdraw(cleo, 200_00)
    failed = worker.run_round({})

    assert failed == []

    withdrawal.refresh_from_db()
    assert withdrawal.status == "sent"
    # The provider is asked again after a few seconds.
    type(withdrawal).objects.update(taken_at=timezone.now() - timedelta(seconds=10))
    failed = worker.run_round({})

    assert failed == []

    withdrawal.refresh_from_db()
    assert withdrawal.status == "paid"
    assert diamond_balance(cleo) == 0


def test_a_round_ends_a_live_whose_creator_is_away_and_spares_the_others():
    away, here = make_session(make_creator("Cleo")), make_session(make_creator("Nova"))
    LiveSession.objects.filter(pk=away.pk).update(creator_seen_at=timezone.now() - timedelta(minutes=16))
    worker.run_round({})
    away.refresh_from_db()
    here.refresh_from_db()
    assert (away.is_live, here.is_live) == (False, True)
    assert away.settlement.ended_by == "worker"


def test_a_failing_job_is_logged_with_its_traceback_and_the_others_run(monkeypatch, caplog):
    ran = []

    def fall_over():
        raise ZeroDivisionError("of all things")

    def go_on():
        ran.append("went on")

    answer = run(monkeypatch, fall_over, go_on)

    assert answer == ["fall_over"]
    assert ran == ["went on"]
    assert "fall_over failed" in caplog.text
    assert "ZeroDivisionError: of all things" in caplog.text


def test_an_error_of_a_database_that_answers_is_the_jobs_own(monkeypatch):
    def deadlock():
        raise OperationalError("deadlock detected")

    answer = run(monkeypatch, deadlock)

    assert answer == ["deadlock"]


def test_a_database_that_is_away_ends_the_round(monkeypatch):
    ran = []

    def lose_connection():
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(worker, "_database_answers", lambda: False)
    with pytest.raises(worker.DatabaseAway, match="closed the connection"):
        run(monkeypatch, lose_connection, lambda: ran.append("too far"))
    assert ran == []


def test_books_are_checked_at_the_first_round_and_then_once_an_hour(monkeypatch):
    checked, last_runs, noon = [], {}, timezone.now()

    def check():
        checked.append(1)

    monkeypatch.setattr(worker, "EVERY_ROUND", [])
    monkeypatch.setattr(worker, "EVERY_HOUR", [check])
    for minutes in (0, 1, 59, 60, 119, 120):
        worker.run_round(last_runs, now=noon + timedelta(minutes=minutes))
    assert len(checked) == 3


@pytest.mark.spoils_books
def test_each_discrepancy_is_logged_as_an_error(caplog):
    vera = make_user("Vera", coins=100)
    Account.objects.filter(owner=vera).update(balance=101)
    reported = worker.report_discrepancies()

    assert reported == 1
    assert f"coins:user:{vera.pk} carries 101, its transfers add up to 100" in caplog.text
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_round_stops_after_the_job_in_hand(monkeypatch):
    ran = []

    def first():
        ran.append("first")

    def second():
        ran.append("second")

    run(monkeypatch, first, second, stopping=lambda: bool(ran))
    assert ran == ["first"]


def test_quotes_are_forgotten_a_day_after_they_expired_unless_they_were_used():
    cleo = make_creator().user
    earn(cleo.creator, drama_queens=8)
    account, now = make_payout_account(cleo), timezone.now()
    used = withdraw(cleo, 100_00).quote
    unused = quote(creator=cleo, account=account, cents=100_00)
    forgotten = forget_expired_quotes(now + timedelta(hours=23))

    assert forgotten == 0

    forgotten = forget_expired_quotes(now + timedelta(hours=25))

    assert forgotten == 1
    assert list(Quote.objects.all()) == [used]
    assert unused not in Quote.objects.all()


def test_expired_logins_are_forgotten():
    for seconds in (-1, 3600):
        session = SessionStore()
        session.set_expiry(seconds)
        session.save()
    worker.forget_expired_logins()
    assert BrowserSession.objects.count() == 1


def test_once_says_which_job_failed(monkeypatch):
    def fall_over():
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "EVERY_ROUND", [fall_over])
    with pytest.raises(CommandError, match="fall_over"):
        call_command("worker", "--once")


def test_sigterm_ends_the_worker(tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'worker.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    # Without tables every job fails, is logged, and the worker goes on.
    process = subprocess.Popen([*manage, "worker"], env=environment, stderr=subprocess.PIPE, text=True)
    assert "send_withdrawals failed" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert time.monotonic() - began < 10
