"""Books, worker and providers: what the front page says of them, and from which rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live import worker
from live.desk.health import books_now, payment_providers_now, payout_provider_now, worker_now
from live.models import JobRun
from payouts.models import ProviderHour
from payouts.withdrawals.sending import send_withdrawals
from tests.factories import confirm, make_recharge, make_user
from tests.payouts.earning import make_earner, withdraw
from wallet.checking import check_and_note
from wallet.models import Account, BooksCheck, PaymentEvent

pytestmark = pytest.mark.django_db


def fail():
    raise ZeroDivisionError("of all things")


def run(monkeypatch, *jobs, last_runs, now):
    monkeypatch.setattr(worker, "EVERY_ROUND", list(jobs))
    monkeypatch.setattr(worker, "EVERY_HOUR", [])
    return worker.run_round(last_runs, now=now)


def test_check_of_the_books_is_kept_with_its_moment(django_assert_num_queries):
    now = timezone.now()

    found = check_and_note(by="worker", now=now)

    assert found == []
    with django_assert_num_queries(1):
        books = books_now(now + timedelta(hours=2))
    assert (books.check.checked_at, books.check.discrepancies, books.is_late) == (now, 0, False)
    assert books_now(now + timedelta(hours=4)).is_late


@pytest.mark.spoils_books
def test_check_keeps_what_is_wrong():
    vera = make_user("Vera", coins=100)
    Account.objects.filter(owner=vera).update(balance=101)

    check_and_note(by="worker")

    check = BooksCheck.objects.get()
    assert check.discrepancies == 1
    assert check.first == f"coins:user:{vera.pk} carries 101, its transfers add up to 100"


def test_before_the_first_check_nothing_is_said_of_the_books():
    assert books_now().check is None


def test_a_round_is_noted_every_ten_seconds_and_with_each_failure(monkeypatch):
    noon, last_runs = timezone.now(), {}

    for seconds in (0, 1, 9, 11):
        run(monkeypatch, last_runs=last_runs, now=noon + timedelta(seconds=seconds))

    assert worker_now(noon).round_at == noon + timedelta(seconds=11)
    run(monkeypatch, fail, last_runs=last_runs, now=noon + timedelta(seconds=12))
    found = worker_now(noon)
    assert found.round_at == noon + timedelta(seconds=12)
    assert [(job.job, job.error) for job in found.failing] == [("fail", "ZeroDivisionError: of all things")]


def test_a_job_is_listed_until_it_succeeds_again(monkeypatch):
    noon, last_runs = timezone.now(), {}
    run(monkeypatch, fail, last_runs=last_runs, now=noon)
    assert not worker_now(noon).is_well

    def fail_no_more():
        pass

    fail_no_more.__name__ = "fail"
    run(monkeypatch, fail_no_more, last_runs=last_runs, now=noon + timedelta(seconds=20))

    assert worker_now(noon).is_well
    assert JobRun.objects.get(job="fail").failed_at == noon


def test_a_worker_that_is_silent_for_two_minutes_is_late(monkeypatch):
    noon = timezone.now()
    assert worker_now(noon).is_late

    run(monkeypatch, last_runs={}, now=noon)

    assert not worker_now(noon + timedelta(minutes=2)).is_late
    assert worker_now(noon + timedelta(minutes=3)).is_late


def test_calls_to_a_payout_provider_are_counted_by_the_hour(django_assert_num_queries):
    cleo = make_earner(40_000)
    withdraw(cleo)
    withdraw(cleo, receiver="unknown@example.com")

    send_withdrawals()

    row = ProviderHour.objects.get()
    assert (row.provider, row.calls, row.failures) == ("sandbox", 2, 1)
    with django_assert_num_queries(1):
        found = payout_provider_now()
    assert (found.calls, found.failures, found.heard_at) == (2, 1, row.answered_at)
    assert found.trouble == row.trouble != ""


def test_failures_of_a_payout_provider_are_forgotten_after_two_hours():
    cleo = make_earner(20_000)
    withdraw(cleo, receiver="unknown@example.com")
    send_withdrawals()

    later = payout_provider_now(timezone.now() + timedelta(hours=3))

    assert (later.failures, later.trouble, later.heard_at) == (0, "", None)


def test_refused_messages_of_a_payment_provider_are_its_failures(django_assert_num_queries):
    recharge = make_recharge(make_user("Vera"))
    confirm(recharge)
    PaymentEvent.objects.create(provider="sandbox", event_id="E-1", body="{}", outcome="no such recharge")
    PaymentEvent.objects.create(provider="another", event_id="E-2", body="{}", outcome="refused: 1 USD")

    with django_assert_num_queries(1):
        (found,) = payment_providers_now()

    assert (found.name, found.calls, found.failures) == ("sandbox", 2, 1)
