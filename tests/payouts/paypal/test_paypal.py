"""Payouts through PayPal, against its look-alike over HTTP: paid once or given back once despite faults."""

import logging
from datetime import timedelta

import pytest

from config import settings as site
from payouts.diamonds import diamond_balance
from payouts.gateways import Answer, Payout, payout_gateway
from payouts.models import ProviderReport, Withdrawal
from payouts.withdrawals.sending import reconcile_withdrawals
from payouts.withdrawals.transitions import mark_paid
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.paypal.rounds import LATER, SOON, payout_of, place, rounds

pytestmark = pytest.mark.django_db


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
        Withdrawal.objects.update(ask_now=True)  # as a webhook does
        rounds(timedelta(days=days) + 2 * LATER)

    assert dict(paypal.bank.requests) == calls
    assert place(withdrawal) == ("requested", "unanswered")
    assert len(paypal.bank.items_of(withdrawal.id)) == 1
    # PayPal keeps ids for 30 days, so the same id sent now would be paid again.
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
    # The HTTP library's own log lines are off: they contain headers and bodies.
    assert {record.name.split(".")[0] for record in caplog.records} <= {"payouts", "live"}
    for secret in ["secret", "Bearer", "Basic", *paypal.bank.tokens]:
        assert secret not in text
