"""The provider's messages about a recharge: each payment is credited once, in any order."""

from itertools import permutations
from uuid import uuid4

import pytest

from tests.factories import confirm, make_recharge, make_user, package_of
from tests.wallet.messages import message, status_of
from wallet import accounts, ledger
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.gateways import Forged
from wallet.gateways.sandbox import gateway
from wallet.models import PaymentEvent, Recharge, Transfer
from wallet.recharges import fail_recharge, receive_message

pytestmark = pytest.mark.django_db


def test_paid_recharge_credits_its_coins_and_books_its_cents():
    vera = make_user()
    recharge = make_recharge(vera, package=package_of(2500))

    status = confirm(recharge)

    assert status == "confirmed"

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

    answers = [message(recharge), message(recharge)]

    assert answers == ["confirmed", "confirmed"]

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

    answer = message(recharge, "declined")

    assert answer == "failed"

    assert check_books() == []


def test_declined_payment_credits_nothing():
    vera = make_user()
    recharge = make_recharge(vera)

    answer = message(recharge, "declined")

    assert answer == "failed"

    assert status_of(recharge) == "failed"
    assert coin_balance(vera) == 0
    assert [step.why for step in recharge.steps.all()][-1] == "The payment was declined"


def test_payment_that_arrives_after_the_decline_is_credited():
    vera = make_user()
    recharge = make_recharge(vera)

    message(recharge, "declined")
    answer = message(recharge)

    assert answer == "confirmed"

    assert coin_balance(vera) == 100


def test_decline_that_arrives_after_the_payment_changes_nothing():
    vera = make_user()
    recharge = make_recharge(vera)

    message(recharge)
    answer = message(recharge, "declined")

    assert answer == "refused: the recharge is confirmed already"

    assert coin_balance(vera) == 100


def test_two_different_payments_credit_once():
    vera = make_user()
    recharge = make_recharge(vera)

    answer = message(recharge, payment_id="pay-1")

    assert answer == "confirmed"

    answer = message(recharge, payment_id="pay-2")

    assert answer.startswith("refused: ")

    assert coin_balance(vera) == 100
    assert Recharge.objects.get().payment_id == "pay-1"


def test_one_payment_for_two_recharges_credits_the_first():
    vera = make_user()
    first, second = make_recharge(vera), make_recharge(vera, package=package_of(500))

    answer = message(first, payment_id="pay-1")

    assert answer == "confirmed"

    answer = message(second, payment_id="pay-1")

    assert answer.startswith("refused: ")

    assert coin_balance(vera) == 100
    assert status_of(second) == "started"


@pytest.mark.parametrize(
    "changes", [{"cents": 99}, {"cents": 101}, {"cents": 1}, {"currency": "EUR"}, {"currency": "usd"}], ids=str
)
def test_wrong_amount_or_currency_credits_nothing(changes):
    vera = make_user()
    recharge = make_recharge(vera)

    answer = message(recharge, **changes)

    assert answer.startswith("refused: ")

    assert status_of(recharge) == "started"
    assert coin_balance(vera) == 0


def test_message_about_an_unknown_recharge_does_nothing():
    recharge = make_recharge(make_user())

    answer = message(recharge, recharge_id=str(uuid4()))

    assert answer == "no such recharge"

    assert not Transfer.objects.exists()


def test_message_about_another_providers_recharge_does_nothing():
    vera = make_user()
    recharge = make_recharge(vera)
    Recharge.objects.update(provider="other")

    answer = message(recharge)

    assert answer == "no such recharge"

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
