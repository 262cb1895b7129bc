"""Stripe's events: signed and recent, each once, in any order; they only have Stripe asked."""

import json
import time
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from tests.wallet.stripe.buying import ask, deliver, go_to_checkout, tell_and_ask
from tests.wallet.stripe.server import signed
from wallet.checkouts import receive_event
from wallet.coins import coin_balance
from wallet.gateways import Forged, hosted_gateway
from wallet.models import Checkout, PaymentEvent, Recharge

pytestmark = pytest.mark.django_db
CALLBACK = "/wallet/callbacks/stripe/"


@pytest.fixture
def session(client, vera, till):
    """The checkout of Vera's 500 coins."""
    return go_to_checkout(client, till, vera)[1]


def post(client, headers, body):
    return client.post(CALLBACK, body, content_type="application/json", headers=headers)


def test_event_reaches_the_site_by_its_own_address(client, till, session):
    answer = post(client, *signed(till.pay(session)))

    assert (answer.status_code, answer.text) == (200, "asked: checkout.session.completed\n")
    assert Checkout.objects.get().ask_now


def test_event_alone_credits_nothing(vera, till, session):
    deliver(till.pay(session))

    assert coin_balance(vera) == 0
    assert Recharge.objects.get().status == "started"


def test_event_that_comes_again_is_stored_once_and_asks_once(vera, till, session):
    event = till.pay(session)

    outcomes = [tell_and_ask(event) for _ in range(3)]

    assert outcomes == ["asked: checkout.session.completed"] * 3
    assert PaymentEvent.objects.filter(event_id=event["id"]).count() == 1
    assert till.requests["retrieve"] == 1
    assert coin_balance(vera) == 500


def test_event_that_lies_about_the_payment_changes_nothing(vera, till, session):
    event = till.pay(session)
    session["status"], session["payment_status"] = "open", "unpaid"

    tell_and_ask(event)

    assert coin_balance(vera) == 0
    assert Checkout.objects.get().state == "open"


def test_late_event_of_an_earlier_state_is_answered_by_the_present_one(vera, till, session):
    first = till.pay_by_bank(session)
    second = till.bank_pays(session)

    tell_and_ask(second)
    tell_and_ask(first, seconds=60)

    assert coin_balance(vera) == 500
    assert Checkout.objects.get().state == "paid"


@pytest.mark.once
def test_all_24_orders_of_four_events_credit_once(client, vera, till, no_pace):
    for times, order in enumerate(permutations(range(4)), start=1):
        _, session = go_to_checkout(client, till, vera, method="bank")
        events = [till.pay_by_bank(session), till.bank_refuses(session), till.bank_pays(session)]
        events.append({**events[0], "id": f"evt_again{times}"})
        for place in order:
            tell_and_ask(events[place], seconds=60 * (place + 1))
        assert coin_balance(vera) == 500 * times, order


def test_payment_that_comes_after_the_checkout_was_given_up_is_credited(vera, till, session):
    tell_and_ask(till.expire(session))

    tell_and_ask(till.pay(session), seconds=60)

    assert coin_balance(vera) == 500
    assert [step.status for step in Recharge.objects.get().steps.all()] == ["started", "failed", "confirmed"]


def test_news_that_comes_while_stripe_is_asked_has_it_asked_once_more(till, session, monkeypatch):
    deliver(till.pay_by_bank(session))
    gateway, look_up = hosted_gateway("stripe"), type(hosted_gateway("stripe")).look_up

    def look_up_slowly(self, *args):
        answer = look_up(self, *args)
        deliver(till.bank_pays(session))
        return answer

    with monkeypatch.context() as slow:
        slow.setattr(type(gateway), "look_up", look_up_slowly)
        ask(10)
    assert Checkout.objects.get().ask_now

    ask(20)

    assert Recharge.objects.get().status == "confirmed"


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "customer.created", "plan.created"])
def test_event_without_a_meaning_here_is_accepted_and_forgotten(till, session, kind):
    outcome = deliver({**till.pay(session), "type": kind})

    assert outcome == "ignored"
    assert not PaymentEvent.objects.exists()


def test_event_about_another_sites_checkout_is_accepted_and_forgotten(till, session):
    event = till.pay(session)
    event["data"]["object"] |= {"client_reference_id": "order-7", "metadata": {}}

    outcome = deliver(event)

    assert outcome == "no such recharge"
    assert not PaymentEvent.objects.exists()


def test_second_checkout_of_one_recharge_waits_for_an_operator(vera, till, session):
    event = till.pay(session)
    event["data"]["object"]["id"] = "cs_test_another"

    outcome = tell_and_ask(event)

    assert outcome == "refused: another checkout"
    assert Checkout.objects.get().attention == "The provider told of a second checkout, cs_test_another."


# --- Forged, old, unreadable ----------------------------------------------------------------------


def forgeries(event):
    headers, body = signed(event)
    stamp, signature = headers["Stripe-Signature"].split(",")
    yield {}, body
    for header in ("", stamp, f"{stamp},", signature, f"{stamp},v0={signature[3:]}", f"{stamp},v1=", f"{stamp},v1=٣"):
        yield {"Stripe-Signature": header}, body
    yield {"Stripe-Signature": f"{stamp},{signature[:-1]}"}, body
    yield {"Stripe-Signature": f"t={int(stamp[2:]) + 1},{signature}"}, body
    yield headers, body + b" "
    yield headers, body.replace(b"500", b"501")
    yield headers, b"\xff\xfe"
    yield signed(event, secret="whsec_another")
    yield signed(event, secret="")
    for seconds in (-301, 302):
        yield signed(event, at=time.time() + seconds)
    old, _ = signed(event, at=time.time() - 3_600)
    yield {"Stripe-Signature": f"{old['Stripe-Signature']},{stamp}"}, body
    yield {"Stripe-Signature": f"{stamp},{old['Stripe-Signature']}"}, body
    yield {"Stripe-Signature": old["Stripe-Signature"].replace("t=", "t= ") + f",{stamp}"}, body


@pytest.mark.parametrize("case", range(20))
def test_forged_event_is_refused_and_not_kept(client, till, session, case):
    answer = post(client, *list(forgeries(till.pay(session)))[case])

    assert answer.status_code == 400
    assert answer.text.startswith("refused: ")
    assert not PaymentEvent.objects.exists()
    assert not Checkout.objects.get().ask_now


def test_every_forgery_is_tried(till, session):
    assert len(list(forgeries(till.pay(session)))) == 20


@pytest.mark.parametrize("seconds", [-295, 295])
def test_clocks_may_differ_by_less_than_the_window(till, session, seconds):
    outcome = deliver(till.pay(session), now=timezone.now() + timedelta(seconds=seconds))

    assert outcome == "asked: checkout.session.completed"


def test_one_of_several_signatures_is_enough_while_a_secret_is_exchanged(till, session):
    headers, body = signed(till.pay(session))
    stamp, signature = headers["Stripe-Signature"].split(",")

    outcome = receive_event(hosted_gateway("stripe"), {"Stripe-Signature": f"{stamp},v1={'0' * 64},{signature}"}, body)

    assert outcome == "asked: checkout.session.completed"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"id": "x" * 81},
        {"id": "evt\u0000"},
        {"id": 7},
        {"object": "plan"},
        {"data": None},
        {"data": {}},
        {"data": {"object": None}},
        {"data": {"object": []}},
        {"data": {"object": {"metadata": 7}}},
        {"type": ["checkout.session.completed"]},
        {"livemode": True},
        {"livemode": None},
    ],
    ids=str,
)
def test_signed_event_that_makes_no_sense_is_refused(client, till, session, changes):
    answer = post(client, *signed(till.pay(session) | changes))

    assert answer.status_code == 400
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize("event", [[], None, 7, "x", {}], ids=str)
def test_signed_message_that_is_no_event_is_refused(client, till, event):
    answer = post(client, *signed(event))

    assert answer.status_code == 400


def test_without_a_webhook_secret_no_event_is_believed(till, session, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""

    with pytest.raises(Forged, match="no webhook is set up here"):
        deliver(till.pay(session), secret="")


# --- Refunds and disputes -------------------------------------------------------------------------


def test_dispute_is_kept_and_waits_for_an_operator(vera, till, session):
    tell_and_ask(till.pay(session))
    event = till.dispute(session)

    outcome = deliver(event)

    assert outcome == "Dispute needs_response: 500 USD (fraudulent); to be looked at"
    recharge = Recharge.objects.get()
    assert recharge.checkout.attention == "Dispute needs_response: 500 USD (fraudulent)"
    kept = PaymentEvent.objects.get(event_id=event["id"])
    assert (kept.about, kept.payment_id, kept.cents) == (recharge.pk, session["payment_intent"], 500)
    assert json.loads(kept.body)["type"] == "charge.dispute.created"
    assert coin_balance(vera) == 500


def test_refund_at_stripes_own_dashboard_is_kept_and_waits_for_an_operator(vera, till, session):
    tell_and_ask(till.pay(session))

    outcome = deliver(till.refund(session, cents=200))

    assert outcome == "Refund succeeded: 200 USD; to be looked at"
    assert Checkout.objects.get().attention == "Refund succeeded: 200 USD"


def test_dispute_that_comes_before_the_answer_is_found_with_it(vera, till, session):
    paid = till.pay(session)

    outcome = deliver(till.dispute(session))
    tell_and_ask(paid)

    assert outcome == "Dispute needs_response: 500 USD (fraudulent); no such recharge"
    assert Checkout.objects.get().attention == outcome
    assert coin_balance(vera) == 500
