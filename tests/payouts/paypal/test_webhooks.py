"""PayPal's webhooks: a genuine one triggers a query of PayPal's status, and no event moves money by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from payouts.diamonds import diamond_balance
from payouts.models import Withdrawal
from payouts.withdrawals.sending import send_withdrawals
from tests.payouts.conftest import WEBHOOK_ID
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.paypal.delivering import SOON, deliver, event_for, place, signed, work

pytestmark = pytest.mark.django_db


# --- Genuine ones -----------------------------------------------------------------------------------


def test_an_event_is_noted_and_paypal_is_asked_at_once(paypal, sent):
    paypal.bank.set_status(sent.id, "SUCCESS")

    answer = deliver(signed(paypal, sent))

    assert answer == (200, "noted")
    assert place(sent) == ("sent", True, 1)

    work()
    assert place(sent) == ("paid", False, 1)


def test_an_event_moves_no_money_by_its_own_words(paypal, sent):
    event = event_for(paypal, sent)
    event["event_type"] = "PAYMENT.PAYOUTS-ITEM.SUCCEEDED"
    event["resource"]["transaction_status"] = "SUCCESS"
    paypal.bank.set_status(sent.id, "FAILED")

    answer = deliver(paypal.signed(event, webhook_id=WEBHOOK_ID))

    assert answer == (200, "noted")
    assert place(sent)[0] == "sent"
    work()
    assert place(sent)[0] == "failed"
    assert diamond_balance(sent.creator) == 20_000


def test_money_that_comes_back_after_it_was_paid_is_heard_of_at_once(paypal, sent):
    paypal.bank.set_status(sent.id, "SUCCESS")
    work()
    assert place(sent)[0] == "paid"
    paypal.bank.set_status(sent.id, "REVERSED")

    deliver(signed(paypal, sent))
    work(2 * SOON)

    assert place(sent) == ("returned", False, 1)
    assert diamond_balance(sent.creator) == 20_000


def test_the_same_event_again_changes_nothing_whoever_delivers_it(paypal, sent):
    message = signed(paypal, sent)
    event = event_for(paypal, sent, id="WH-ONE")
    answer = deliver(message)

    assert answer == (200, "noted")

    answer = deliver(message)

    assert answer == (200, "repeated")

    answer = deliver(paypal.signed(event, webhook_id=WEBHOOK_ID))

    assert answer == (200, "noted")

    work()
    assert place(sent)[1:] == (False, 2)

    # A replay within the five minutes, and the same event in a new transmission.
    answer = deliver(message)

    assert answer == (200, "repeated")

    answer = deliver(paypal.signed(event, webhook_id=WEBHOOK_ID))

    assert answer == (200, "repeated")
    assert place(sent)[1:] == (False, 2)


def test_events_in_any_order_end_where_paypal_is(paypal, sent):
    messages = []
    for status in ("PENDING", "UNCLAIMED", "SUCCESS", "REVERSED"):
        paypal.bank.set_status(sent.id, status)
        messages.append(signed(paypal, sent))

    for moment, message in enumerate(reversed(messages), 1):
        answer = deliver(message)

        assert answer == (200, "noted")

        work(moment * SOON)
        assert place(sent)[0] == "returned"

    assert list(sent.steps.values_list("status", flat=True)) == ["requested", "sent", "returned"]
    assert diamond_balance(sent.creator) == 20_000


def test_an_event_that_comes_while_paypal_answers_has_it_asked_once_more(paypal, sent, monkeypatch):
    from payouts.gateways.paypal import gateway

    look_up = type(gateway).look_up

    def overtaken(self, payout):
        answer = look_up(self, payout)
        paypal.bank.set_status(sent.id, "RETURNED")
        response = deliver(signed(paypal, sent))

        assert response == (200, "noted")

        return answer

    monkeypatch.setattr(type(gateway), "look_up", overtaken)
    work()
    assert place(sent) == ("paid", True, 1)

    monkeypatch.undo()
    work(2 * SOON)
    assert place(sent) == ("returned", False, 1)


def test_a_batch_event_names_the_withdrawal_too(paypal, sent):
    header = {"payout_batch_id": sent.provider_reference, "batch_status": "PROCESSING"}
    header["sender_batch_header"] = {"sender_batch_id": str(sent.id)}
    event = {"id": "WH-BATCH", "event_type": "PAYMENT.PAYOUTSBATCH.PROCESSING", "resource": {"batch_header": header}}

    answer = deliver(paypal.signed(event, webhook_id=WEBHOOK_ID))

    assert answer == (200, "noted")

    report = sent.reports.get(event="WH-BATCH")
    assert (report.status, report.why, report.cents) == ("PROCESSING", "PAYMENT.PAYOUTSBATCH.PROCESSING", None)


def test_an_event_tells_where_to_look_when_the_answer_to_sending_was_lost(paypal):
    withdrawal = withdraw(make_earner(20_000))
    paypal.bank.fail_next("create", "cut-after", "cut-after")
    send_withdrawals(now=timezone.now())
    answer = deliver(signed(paypal, withdrawal))

    assert answer == (200, "noted")

    creates = paypal.bank.requests["create"]
    for days in (31, 32):
        paypal.bank.days_ahead = days
        work(timedelta(days=days))

    assert place(withdrawal)[0] == "paid"
    assert paypal.bank.requests["create"] == creates
    assert paypal.bank.totals()["paid"] == {str(withdrawal.id): 100_00}


# --- Not ours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", [str(uuid4()), "somebody-elses", "", 7, None, "\x00"])
def test_an_event_about_nothing_that_we_sent_changes_nothing(paypal, sent, sender):
    event = event_for(paypal, sent)
    event["resource"]["payout_item"]["sender_item_id"] = sender

    answer = deliver(paypal.signed(event, webhook_id=WEBHOOK_ID))

    assert answer == (200, "not ours")
    assert place(sent) == ("sent", False, 0)


def test_an_event_about_a_withdrawal_of_another_provider_changes_nothing(paypal, sent):
    Withdrawal.objects.update(provider="sandbox")

    answer = deliver(signed(paypal, sent))

    assert answer == (200, "not ours")
    assert place(sent) == ("sent", False, 0)
