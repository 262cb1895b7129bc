"""PayPal's statuses: each has a meaning and a sentence, and another payment is never taken for ours."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.diamonds import diamond_balance
from payouts.gateways import Answer
from payouts.gateways.paypal.statuses import answer_to_batch, answer_to_item, cents_of, dollars
from payouts.models import Withdrawal
from tests.payouts.paypal.rounds import SOON, payout_of, place, rounds

pytestmark = pytest.mark.django_db


# --- What each status means -------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("word", "status", "diamonds", "sentence"),
    [
        ("SUCCESS", "paid", 0, "PayPal has credited the receiver's account."),
        ("PENDING", "sent", 0, "PayPal has it and is working on it."),
        ("ONHOLD", "sent", 0, "PayPal is looking into it before it pays."),
        ("UNCLAIMED", "sent", 0, "PayPal has no confirmed account with this address."),
        ("FAILED", "failed", 20_000, "PayPal couldn't make this payment."),
        ("BLOCKED", "failed", 20_000, "PayPal has blocked this payment."),
        ("RETURNED", "returned", 20_000, "Nobody claimed it at PayPal."),
        ("REFUNDED", "returned", 20_000, "The receiver sent it back."),
        ("REVERSED", "returned", 20_000, "PayPal has taken it back."),
    ],
)
def test_each_of_the_nine_statuses_has_a_meaning_and_a_sentence(paypal, withdrawal, word, status, diamonds, sentence):
    rounds(timedelta(0))
    paypal.bank.set_status(withdrawal.id, word)
    rounds(SOON)

    assert place(withdrawal) == (status, "")
    assert withdrawal.provider_status == word
    assert withdrawal.reports.last().why.startswith(sentence)
    assert diamond_balance(withdrawal.creator) == diamonds


def test_a_status_that_we_do_not_know_waits_for_a_person_and_ends_when_it_is_known(paypal, withdrawal):
    rounds(timedelta(0))
    paypal.bank.set_status(withdrawal.id, "TELEPORTED")
    rounds(SOON)
    assert place(withdrawal) == ("sent", "unknown-status")
    assert diamond_balance(withdrawal.creator) == 0

    paypal.bank.set_status(withdrawal.id, "SUCCESS")
    rounds(2 * SOON)
    assert place(withdrawal) == ("paid", "")


def test_a_first_answer_in_a_status_that_we_do_not_know_is_asked_after_half_hourly(paypal, withdrawal):
    rounds(timedelta(0))
    creates = paypal.bank.requests["create"]
    [item] = paypal.bank.items_of(withdrawal.id)
    names = {"provider_reference": item.batch_id, "provider_item": item.id}
    Withdrawal.objects.update(status="requested", attention="unknown-status", **names)
    paypal.bank.set_status(withdrawal.id, "SUCCESS")

    rounds(timedelta(minutes=29))
    assert place(withdrawal) == ("requested", "unknown-status")
    rounds(timedelta(minutes=31))
    assert place(withdrawal) == ("paid", "")
    assert paypal.bank.requests["create"] == creates


def test_another_amount_than_ours_waits_for_a_person(paypal, withdrawal):
    rounds(timedelta(0))
    paypal.bank.items_of(withdrawal.id)[0].cents = 100_01
    rounds(SOON)

    assert place(withdrawal) == ("sent", "unknown-status")
    assert withdrawal.attention_why == "paypal says SUCCESS. PayPal names another amount than ours."


ITEM = {
    "payout_item_id": "ITEM1",
    "payout_batch_id": "BATCH1",
    "transaction_status": "SUCCESS",
    "payout_item": {"sender_item_id": "…", "amount": {"currency": "USD", "value": "100.00"}},
}


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, Answer.PAID),
        ({"transaction_status": None}, Answer.UNKNOWN),
        ({"transaction_status": 7}, Answer.UNCLEAR),
        ({"transaction_status": "success"}, Answer.UNCLEAR),
        ({"amount": {"currency": "EUR", "value": "100.00"}}, Answer.UNCLEAR),
        ({"amount": {"currency": "USD", "value": "100.000"}}, Answer.UNCLEAR),
        ({"amount": {"currency": "USD", "value": "１００.00"}}, Answer.UNCLEAR),
        ({"amount": {"currency": "USD", "value": "-100.00"}}, Answer.UNCLEAR),
        ({"amount": {"currency": "USD", "value": 100.0}}, Answer.UNCLEAR),
        ({"amount": None}, Answer.UNCLEAR),
        ({"sender_item_id": "00000000-0000-4000-8000-000000000000"}, Answer.UNCLEAR),
        ({"payout_item": []}, Answer.UNCLEAR),
    ],
)
def test_what_is_not_exactly_our_payment_is_never_taken_for_it(paypal, withdrawal, change, answer):
    payout = payout_of(withdrawal)
    inner = {"sender_item_id": str(payout.id), "amount": ITEM["payout_item"]["amount"]}
    inner |= {name: value for name, value in change.items() if name in inner}
    outer = {**ITEM, "payout_item": inner} | {name: value for name, value in change.items() if name in ITEM}

    assert answer_to_item(outer, payout).answer == answer


@pytest.mark.once
@pytest.mark.parametrize(
    ("status", "items", "answer"),
    [
        ("PENDING", 0, Answer.PENDING),
        ("PROCESSING", 0, Answer.PENDING),
        ("SUCCESS", 0, Answer.PENDING),
        ("SUCCESS", 1, Answer.PAID),
        ("DENIED", 0, Answer.FAILED),
        ("CANCELED", 0, Answer.FAILED),
        ("DENIED", 1, Answer.PAID),
        ("SHREDDED", 0, Answer.UNCLEAR),
        ("SUCCESS", 2, Answer.UNCLEAR),
        (None, 0, Answer.UNKNOWN),
    ],
)
def test_what_a_batch_says(paypal, withdrawal, status, items, answer):
    payout = payout_of(withdrawal)
    item = {**ITEM, "payout_item": {**ITEM["payout_item"], "sender_item_id": str(payout.id)}}
    header = {"payout_batch_id": "BATCH1", "batch_status": status}
    header["sender_batch_header"] = {"sender_batch_id": str(payout.id)}

    assert answer_to_batch({"batch_header": header, "items": [item] * items}, payout).answer == answer


@pytest.mark.once
def test_an_item_that_waits_in_a_batch_that_was_denied_has_failed(paypal, withdrawal):
    payout = payout_of(withdrawal)
    item = {**ITEM, "transaction_status": "PENDING"}
    item["payout_item"] = {**ITEM["payout_item"], "sender_item_id": str(payout.id)}
    header = {"payout_batch_id": "BATCH1", "batch_status": "DENIED"}
    header["sender_batch_header"] = {"sender_batch_id": str(payout.id)}

    assert answer_to_batch({"batch_header": header, "items": [item]}, payout).answer == Answer.FAILED


@pytest.mark.once
@given(cents=st.integers(0, 99_999_999_999))
def test_cents_are_written_as_dollars_and_read_back_exactly(cents):
    assert cents_of({"currency": "USD", "value": dollars(cents)}) == cents
