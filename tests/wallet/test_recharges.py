"""Recharges: packages, the start, what confirms and fails them, and many requests at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import confirm, make_recharge, make_user, package_of
from tests.races.threads import at_once
from tests.wallet.messages import message, status_of
from wallet import accounts, ledger
from wallet.coins import coin_balance
from wallet.models import PaymentEvent, Recharge, Transfer
from wallet.packages import offered_packages, set_package_price, smallest_package_covering
from wallet.recharges import (
    RechargeRefused,
    confirm_recharge,
    decide_in_sandbox,
    fail_abandoned_recharges,
    fail_recharge,
    start_recharge,
)

pytestmark = pytest.mark.django_db


# --- Packages -----------------------------------------------------------------------------------


def test_six_packages_from_100_to_10_000_coins_are_offered_at_a_cent_a_coin():
    packages = [(package.coins, package.cents) for package in offered_packages()]

    assert packages == [(100, 100), (500, 500), (1000, 1000), (2500, 2500), (5000, 5000), (10000, 10000)]


@pytest.mark.parametrize(("missing", "coins"), [(1, 100), (100, 100), (101, 500), (2560, 5000), (10_000, 10_000)])
def test_smallest_package_that_covers_what_is_missing(missing, coins):
    assert smallest_package_covering(missing).coins == coins


def test_no_package_covers_more_than_the_largest():
    assert smallest_package_covering(10_001) is None


# --- Starting -----------------------------------------------------------------------------------


def test_started_recharge_has_moved_nothing():
    vera = make_user()

    recharge = make_recharge(vera, package=package_of(500))

    assert (recharge.coins, recharge.cents, recharge.status) == (500, 500, "started")
    assert [(step.status, step.why) for step in recharge.steps.all()] == [("started", "Chose 500 coins for $5.00")]
    assert coin_balance(vera) == 0
    assert not Transfer.objects.exists()


def test_repeated_recharge_id_is_the_same_recharge():
    vera, recharge_id = make_user(), uuid4()

    first = make_recharge(vera, recharge_id=recharge_id)
    again = make_recharge(vera, recharge_id=recharge_id)

    assert first == again
    assert Recharge.objects.count() == 1
    assert first.steps.count() == 1


def test_recharge_id_with_other_contents_is_refused():
    vera, recharge_id = make_user(), uuid4()
    make_recharge(vera, recharge_id=recharge_id)

    for changes in ({"package": package_of(500)}, {"method": "paypal"}, {"user": make_user("Mallory")}):
        wish = {"user": vera, "package": package_of(100), "method": "card"} | changes
        with pytest.raises(RechargeRefused):
            start_recharge(recharge_id=recharge_id, **wish)

    recharge = Recharge.objects.get()
    assert (recharge.user, recharge.coins, recharge.method) == (vera, 100, "card")


def test_recharge_keeps_what_it_was_sold_as():
    vera = make_user()
    recharge = make_recharge(vera)

    set_package_price(package_of(100), 999, by=None, reason="Card fees rose")
    confirm(recharge)

    assert coin_balance(vera) == 100
    assert ledger.balance(accounts.CENTS_PLATFORM) == 100


# --- Confirming and failing ---------------------------------------------------------------------


@pytest.mark.spoils_books  # no message of the provider says that it was paid
def test_confirming_twice_with_the_same_payment_changes_nothing():
    vera = make_user()
    recharge = make_recharge(vera)

    confirm_recharge(recharge.pk, payment_id="pay-1", by="test")
    confirm_recharge(recharge.pk, payment_id="pay-1", by="test")

    assert coin_balance(vera) == 100
    assert recharge.steps.count() == 2


def test_confirmed_recharge_cannot_fail():
    vera = make_user(coins=100)

    fail_recharge(Recharge.objects.get().pk, by="test", why="Too late")

    assert status_of(Recharge.objects.get()) == "confirmed"
    assert coin_balance(vera) == 100


def test_sandbox_refuses_to_pay_what_was_declined_and_to_decline_what_was_paid():
    vera = make_user()
    declined, paid = make_recharge(vera), make_recharge(vera)
    decide_in_sandbox(declined, "declined")
    decide_in_sandbox(paid, "paid")
    declined.refresh_from_db()
    paid.refresh_from_db()

    with pytest.raises(RechargeRefused, match="nothing was charged"):
        decide_in_sandbox(declined, "paid")
    with pytest.raises(RechargeRefused, match="paid already"):
        decide_in_sandbox(paid, "declined")

    assert (status_of(declined), status_of(paid)) == ("failed", "confirmed")
    assert coin_balance(vera) == 100


def test_worker_closes_what_nobody_paid_within_an_hour():
    vera = make_user()
    old, young = make_recharge(vera), make_recharge(vera)
    Recharge.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(minutes=61))
    Recharge.objects.filter(pk=young.pk).update(started_at=timezone.now() - timedelta(minutes=59))

    failed = fail_abandoned_recharges()

    assert failed == 1

    failed = fail_abandoned_recharges()

    assert failed == 0

    assert (status_of(old), status_of(young)) == ("failed", "started")
    assert [step.why for step in old.steps.all()][-1] == "Not paid within 60 minutes"


def test_payment_of_an_abandoned_recharge_is_credited():
    vera = make_user()
    recharge = make_recharge(vera, now=timezone.now() - timedelta(minutes=61))
    fail_abandoned_recharges()

    status = confirm(recharge)

    assert status == "confirmed"

    assert coin_balance(vera) == 100


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_32_events_of_one_payment_at_once_credit_once():
    vera = make_user()
    recharge = make_recharge(vera)

    results = at_once(lambda number: message(recharge, event_id=f"evt-{number % 8}"), range(32))

    assert set(results) == {"confirmed"}
    assert coin_balance(vera) == 100
    assert PaymentEvent.objects.count() == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_payments_and_declines_at_once_credit_once():
    vera = make_user()
    recharge = make_recharge(vera)

    results = at_once(lambda number: message(recharge, ["paid", "declined"][number % 2]), range(32))

    too_late = "refused: the recharge is confirmed already"
    assert {str(result) for result in results} <= {"confirmed", "failed", too_late}
    assert status_of(recharge) == "confirmed"
    assert coin_balance(vera) == 100


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_16_times_at_once_is_one_recharge():
    vera, recharge_id = make_user(), uuid4()

    results = at_once(lambda _: make_recharge(vera, recharge_id=recharge_id), range(16))

    assert {recharge.pk for recharge in results} == {recharge_id}
    assert Recharge.objects.get().steps.count() == 1
