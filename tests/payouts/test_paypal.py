"""Payouts through PayPal, against its look-alike over HTTP: paid once or given back once, whatever goes wrong."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config import settings as site
from payouts.diamonds import diamond_balance
from payouts.gateways import Answer, Payout, payout_gateway
from payouts.gateways.paypal.statuses import answer_to_batch, answer_to_item, cents_of, dollars
from payouts.models import ProviderReport, Withdrawal
from payouts.withdrawals.sending import reconcile_withdrawals, send_withdrawals
from payouts.withdrawals.transitions import mark_paid
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db

SOON, LATER = timedelta(seconds=6), timedelta(minutes=3)


@pytest.fixture
def withdrawal(paypal):
    """Cleo's $100.00, requested."""
    return withdraw(make_earner(20_000), receiver="cleo@example.com")


def rounds(*moments):
    """Let the worker make a round at each moment after now."""
    now = timezone.now()
    for moment in moments:
        send_withdrawals(now=now + moment)


def place(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal.status, withdrawal.attention


def payout_of(withdrawal, **fields):
    return Payout(withdrawal.id, withdrawal.cents, "cleo@example.com", "paypal", "PT", **fields)


# --- What is asked --------------------------------------------------------------------------------


@pytest.mark.once
def test_a_batch_holds_one_item_and_both_carry_the_withdrawals_id(paypal, withdrawal):
    rounds(timedelta(0))

    [body] = paypal.bank.bodies
    assert body["sender_batch_header"]["sender_batch_id"] == str(withdrawal.id)
    [item] = body["items"]
    assert item["sender_item_id"] == str(withdrawal.id)
    assert item["amount"] == {"currency": "USD", "value": "100.00"}
    assert (item["recipient_type"], item["receiver"]) == ("EMAIL", "cleo@example.com")


def test_what_was_accepted_is_looked_at_and_paid(paypal, withdrawal):
    rounds(timedelta(0), SOON)

    assert place(withdrawal) == ("paid", "")
    [item] = paypal.bank.items_of(withdrawal.id)
    assert (withdrawal.provider_reference, withdrawal.provider_item) == (item.batch_id, item.id)
    assert withdrawal.provider_status == "SUCCESS"
    report = withdrawal.reports.last()
    assert (report.provider, report.status, report.cents, report.fee_cents) == ("paypal", "SUCCESS", 100_00, 25)
    assert paypal.bank.totals()["paid"] == {str(withdrawal.id): 100_00}


@pytest.mark.once
def test_only_accounts_at_paypal_are_sent(paypal, withdrawal):
    payout = Payout(withdrawal.id, 100_00, "cleo@example.com", "bank", "PT")

    assert payout_gateway().send(payout).answer == Answer.FAILED
    assert paypal.bank.requests["create"] == 0


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


# --- What goes wrong on the way -----------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["cut-after", "hang-after", "503-after", "garbage-after"])
def test_an_answer_that_got_lost_is_found_by_sending_the_same_id_again(paypal, withdrawal, fault, break_next):
    break_next("create", fault)
    rounds(timedelta(0), SOON)

    assert place(withdrawal) == ("paid", "")
    assert paypal.bank.requests["create"] == 2
    totals = paypal.bank.totals()
    assert (totals["items"], totals["paid"]) == (1, {str(withdrawal.id): 100_00})


@pytest.mark.parametrize("fault", ["cut-after", "503-after", "garbage-after"])
def test_no_usable_answer_at_all_concludes_nothing_and_is_asked_again(paypal, withdrawal, fault, break_next):
    break_next("create", fault, fault)
    rounds(timedelta(0))
    assert place(withdrawal) == ("requested", "")
    assert withdrawal.trouble.startswith("PayPal")
    assert diamond_balance(withdrawal.creator) == 0

    rounds(LATER, LATER + SOON)
    assert (*place(withdrawal), withdrawal.trouble) == ("paid", "", "")
    assert paypal.bank.totals()["items"] == 1


@pytest.mark.parametrize("fault", ["cut-before", "503-before", "429"])
def test_what_never_arrived_is_sent_again(paypal, withdrawal, fault, break_next):
    break_next("create", fault, fault)
    rounds(timedelta(0))
    assert place(withdrawal) == ("requested", "")
    assert paypal.bank.totals()["items"] == 0

    paypal.bank.to_fail.clear()
    rounds(LATER, LATER + SOON)
    assert place(withdrawal) == ("paid", "")
    assert paypal.bank.totals()["paid"] == {str(withdrawal.id): 100_00}


@pytest.mark.once
def test_who_asks_to_wait_is_not_asked_again_at_once(paypal, withdrawal, break_next):
    break_next("create", "429")
    rounds(timedelta(0))

    assert paypal.bank.requests["create"] == 1


@pytest.mark.once
@pytest.mark.parametrize("fault", ["cut-before", "hang-after", "503-before", "garbage-after"])
def test_a_look_that_failed_once_is_repeated(paypal, withdrawal, fault, break_next):
    rounds(timedelta(0))
    break_next("batch", fault)
    rounds(SOON)

    assert place(withdrawal) == ("paid", "")


@pytest.mark.once
def test_a_token_that_ended_early_is_renewed_once(paypal, withdrawal):
    rounds(timedelta(0))
    paypal.bank.forget_tokens()
    rounds(SOON)

    assert place(withdrawal) == ("paid", "")
    assert (paypal.bank.requests["token"], paypal.bank.requests["batch"]) == (1, 2)


@pytest.mark.once
def test_a_token_is_kept_until_a_minute_before_its_end(paypal, withdrawal, settings):
    settings.PAYPAL_CLIENT_ID = paypal.bank.client_id = "another-app"
    paypal.bank.token_seconds = 3600
    rounds(timedelta(0), SOON)
    assert paypal.bank.requests["token"] == 1

    settings.PAYPAL_CLIENT_ID = paypal.bank.client_id = "a-third-app"
    paypal.bank.token_seconds = 59
    withdraw(make_earner(20_000))
    rounds(timedelta(0), SOON)
    assert paypal.bank.requests["token"] == 3


def test_credentials_that_are_refused_are_our_trouble_and_not_the_creators(paypal, withdrawal, settings):
    settings.PAYPAL_CLIENT_SECRET = "wrong-secret"
    rounds(timedelta(0))

    assert place(withdrawal) == ("requested", "")
    assert withdrawal.trouble == "PayPal doesn't accept our client id and secret."


def test_an_empty_account_of_ours_is_our_trouble_and_not_the_creators(paypal, withdrawal):
    paypal.bank.funds_cents = 99_99
    rounds(timedelta(0))
    assert place(withdrawal) == ("requested", "")
    assert withdrawal.trouble == "PayPal refuses our request for now: INSUFFICIENT_FUNDS."

    paypal.bank.funds_cents = 100_00
    rounds(LATER, LATER + SOON)
    assert place(withdrawal) == ("paid", "")


def test_a_receiver_that_paypal_refuses_fails_with_a_sentence_and_gives_back(paypal):
    withdrawal = withdraw(make_earner(20_000), receiver="nowhere")
    rounds(timedelta(0))

    assert place(withdrawal) == ("failed", "")
    assert withdrawal.steps.last().why == "PayPal doesn't accept this receiver's address."
    assert diamond_balance(withdrawal.creator) == 20_000


def test_a_payout_that_paypal_does_not_know_waits_for_a_person(paypal, withdrawal):
    rounds(timedelta(0))
    paypal.bank.batches.clear()
    rounds(SOON)

    assert place(withdrawal) == ("sent", "unknown-status")


def test_a_reference_that_an_operator_typed_is_not_looked_for_in_vain_for_ever(paypal, withdrawal):
    mark_paid(withdrawal, reference="seen-in-a-statement", by="otto@example.com")
    Withdrawal.objects.update(taken_at=None)
    reconcile_withdrawals()

    assert place(withdrawal) == ("paid", "")
    assert paypal.bank.requests["batch"] == 1


# --- Thirty days ----------------------------------------------------------------------------------------


def test_thirty_days_and_one_later_nothing_is_resent_though_paypal_would_take_it(paypal, withdrawal, break_next):
    break_next("create", "cut-after", "cut-after")
    break_next("batch", *["503-before"] * 100)
    rounds(timedelta(0))
    assert paypal.bank.requests["create"] == 2

    calls = dict(paypal.bank.requests)
    for days in (29, 30, 31, 60):
        paypal.bank.days_ahead = days
        rounds(timedelta(days=days), timedelta(days=days) + LATER)
        Withdrawal.objects.update(ask_now=True)  # as an event would
        rounds(timedelta(days=days) + 2 * LATER)

    assert dict(paypal.bank.requests) == calls
    assert place(withdrawal) == ("requested", "unanswered")
    assert len(paypal.bank.items_of(withdrawal.id)) == 1
    # The danger is real: PayPal has forgotten the id, and would pay it once more.
    assert payout_gateway().send(payout_of(withdrawal)).answer == Answer.PENDING
    assert len(paypal.bank.items_of(withdrawal.id)) == 2


def test_within_the_thirty_days_a_lost_answer_is_found_and_nothing_paid_twice(paypal, withdrawal, break_next):
    break_next("create", "cut-after", "cut-after")
    rounds(timedelta(0))
    paypal.bank.days_ahead = 28.9
    rounds(timedelta(days=28.9), timedelta(days=28.9) + SOON)

    assert place(withdrawal) == ("paid", "")
    assert paypal.bank.totals()["paid_more_than_once"] == []
    assert len(paypal.bank.items_of(withdrawal.id)) == 1


def test_what_was_sent_is_asked_after_even_then_and_may_come_back(paypal, withdrawal):
    paypal.bank.outcomes = {"UNCLAIMED": 1}
    rounds(timedelta(0), SOON)
    assert place(withdrawal) == ("sent", "")
    paypal.bank.set_status(withdrawal.id, "RETURNED")
    rounds(timedelta(days=31))

    assert place(withdrawal) == ("returned", "")
    assert diamond_balance(withdrawal.creator) == 20_000


# --- What nobody may read in a log ----------------------------------------------------------------------


@pytest.mark.once
def test_no_secret_token_or_receiver_is_logged_or_kept(paypal, caplog, settings, break_next):
    caplog.set_level(logging.DEBUG)
    quiet = site.LOGGING["loggers"]
    for name, logger in quiet.items():
        caplog.set_level(logger["level"], logger=name)
    cleo = make_earner(120_000)
    receivers = [f"secret-{number}@example.com" for number in range(5)]
    for receiver in receivers:
        withdraw(cleo, receiver=receiver)
    withdraw(cleo, receiver="secret-nowhere")
    break_next("create", "cut-after", "503-before", "garbage-after", "429", "hang-after", "cut-before")
    break_next("batch", "garbage-after", "cut-before")
    rounds(timedelta(0), SOON, LATER)
    settings.PAYPAL_CLIENT_SECRET = "another-secret"
    rounds(2 * LATER)

    kept = [caplog.text, *Withdrawal.objects.values_list("trouble", "attention_why", "provider_status")]
    kept += ProviderReport.objects.values_list("why", "status")
    text = str(kept)
    assert "no answer from paypal" in caplog.text
    # Whatever library calls PayPal, its own lines aren't there: they hold headers and bodies.
    assert {record.name.split(".")[0] for record in caplog.records} <= {"payouts", "live"}
    for secret in ["secret", "Bearer", "Basic", *paypal.bank.tokens]:
        assert secret not in text
