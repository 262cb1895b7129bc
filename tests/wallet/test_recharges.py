"""Recharges: from a choice to coins, by the provider's messages alone, in any number and order."""

import json
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import confirm, make_recharge, make_user, package_of
from tests.races.threads import at_once
from wallet import accounts, ledger
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.gateways import Forged
from wallet.gateways.sandbox import gateway
from wallet.models import PaymentEvent, Recharge, Transfer
from wallet.packages import offered_packages, set_package_price, smallest_package_covering
from wallet.recharges import (
    RechargeRefused,
    confirm_recharge,
    decide_in_sandbox,
    fail_abandoned_recharges,
    fail_recharge,
    receive_message,
    start_recharge,
)

pytestmark = pytest.mark.django_db


def message(recharge, outcome="paid", **changes):
    """Deliver a signed message that differs from the honest one; return the outcome."""
    _, body = gateway.decide(recharge, outcome)
    changes.setdefault("event_id", str(uuid4()))
    body = json.dumps(json.loads(body) | changes).encode()
    return receive_message("sandbox", gateway.sign(body), body)


def status_of(recharge):
    return Recharge.objects.get(pk=recharge.pk).status


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


# --- The provider's messages --------------------------------------------------------------------


def test_paid_recharge_credits_its_coins_and_books_its_cents():
    vera = make_user()
    recharge = make_recharge(vera, package=package_of(2500))

    assert confirm(recharge) == "confirmed"

    assert coin_balance(vera) == 2_500
    assert ledger.balance(accounts.COINS_ISSUANCE) == -2_500
    assert ledger.balance(accounts.CENTS_PLATFORM) == 2_500
    assert [step.why for step in recharge.steps.all()] == ["Chose 2,500 coins for $25.00", "Payment received"]


def test_message_that_comes_twice_credits_once():
    vera = make_user()
    recharge = make_recharge(vera)
    headers, body = gateway.decide(recharge, "paid")

    outcomes = [receive_message("sandbox", headers, body) for _ in range(3)]

    assert outcomes == ["confirmed"] * 3
    assert coin_balance(vera) == 100
    assert PaymentEvent.objects.count() == 1
    assert recharge.steps.count() == 2


def test_the_same_payment_told_by_another_event_credits_once():
    vera = make_user()
    recharge = make_recharge(vera)

    assert [message(recharge), message(recharge)] == ["confirmed", "confirmed"]

    assert coin_balance(vera) == 100


def test_raw_message_is_kept_with_what_was_done():
    recharge = make_recharge(make_user())
    headers, body = gateway.decide(recharge, "paid")

    receive_message("sandbox", headers, body)

    event = PaymentEvent.objects.get()
    assert (event.provider, event.body, event.outcome) == ("sandbox", body.decode(), "confirmed")


def test_decline_after_the_recharge_was_abandoned_leaves_the_books_right():
    recharge = make_recharge(make_user())
    fail_recharge(recharge.pk, by="worker", why="Not paid within 60 minutes")

    assert message(recharge, "declined") == "failed"

    assert check_books() == []


def test_declined_payment_credits_nothing():
    vera = make_user()
    recharge = make_recharge(vera)

    assert message(recharge, "declined") == "failed"

    assert status_of(recharge) == "failed"
    assert coin_balance(vera) == 0
    assert [step.why for step in recharge.steps.all()][-1] == "The payment was declined"


def test_payment_that_arrives_after_the_decline_is_credited():
    vera = make_user()
    recharge = make_recharge(vera)

    message(recharge, "declined")
    assert message(recharge) == "confirmed"

    assert coin_balance(vera) == 100


def test_decline_that_arrives_after_the_payment_changes_nothing():
    vera = make_user()
    recharge = make_recharge(vera)

    message(recharge)
    assert message(recharge, "declined") == "refused: the recharge is confirmed already"

    assert coin_balance(vera) == 100


def test_two_different_payments_credit_once():
    vera = make_user()
    recharge = make_recharge(vera)

    assert message(recharge, payment_id="pay-1") == "confirmed"
    assert message(recharge, payment_id="pay-2").startswith("refused: ")

    assert coin_balance(vera) == 100
    assert Recharge.objects.get().payment_id == "pay-1"


def test_one_payment_for_two_recharges_credits_the_first():
    vera = make_user()
    first, second = make_recharge(vera), make_recharge(vera, package=package_of(500))

    assert message(first, payment_id="pay-1") == "confirmed"
    assert message(second, payment_id="pay-1").startswith("refused: ")

    assert coin_balance(vera) == 100
    assert status_of(second) == "started"


@pytest.mark.parametrize(
    "changes", [{"cents": 99}, {"cents": 101}, {"cents": 1}, {"currency": "EUR"}, {"currency": "usd"}], ids=str
)
def test_wrong_amount_or_currency_credits_nothing(changes):
    vera = make_user()
    recharge = make_recharge(vera)

    assert message(recharge, **changes).startswith("refused: ")

    assert status_of(recharge) == "started"
    assert coin_balance(vera) == 0


def test_message_about_an_unknown_recharge_does_nothing():
    recharge = make_recharge(make_user())

    assert message(recharge, recharge_id=str(uuid4())) == "no such recharge"

    assert not Transfer.objects.exists()


def test_message_about_another_providers_recharge_does_nothing():
    vera = make_user()
    recharge = make_recharge(vera)
    Recharge.objects.update(provider="other")

    assert message(recharge) == "no such recharge"

    assert coin_balance(vera) == 0


def test_forged_message_is_not_even_kept():
    recharge = make_recharge(make_user())
    headers, body = gateway.decide(recharge, "paid")

    with pytest.raises(Forged):
        receive_message("sandbox", headers, body.replace(b"100", b"101"))

    assert not PaymentEvent.objects.exists()
    assert status_of(recharge) == "started"


EVENTS = {
    "paid": {"outcome": "paid"},
    "paid again": {"outcome": "paid"},
    "declined": {"outcome": "declined"},
    "short": {"outcome": "paid", "cents": 1},
    "other payment": {"outcome": "paid", "payment_id": "other"},
}


@pytest.mark.once
def test_all_120_orders_of_five_events_credit_once():
    vera = make_user()
    for times, order in enumerate(permutations(EVENTS), start=1):
        recharge = make_recharge(vera)
        for event in order:
            changes = {"payment_id": f"sandbox-{recharge.pk}"} | EVENTS[event]
            if event == "other payment":
                changes["payment_id"] = f"other-{recharge.pk}"
            message(recharge, **changes)
        assert (coin_balance(vera), status_of(recharge)) == (times * 100, "confirmed"), order


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

    assert fail_abandoned_recharges() == 1
    assert fail_abandoned_recharges() == 0

    assert (status_of(old), status_of(young)) == ("failed", "started")
    assert [step.why for step in old.steps.all()][-1] == "Not paid within 60 minutes"


def test_payment_of_an_abandoned_recharge_is_credited():
    vera = make_user()
    recharge = make_recharge(vera, now=timezone.now() - timedelta(minutes=61))
    fail_abandoned_recharges()

    assert confirm(recharge) == "confirmed"

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
