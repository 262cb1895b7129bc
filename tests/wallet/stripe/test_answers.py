"""Stripe's answers: paid only if recharge, amount, currency and mode are ours; all else waits for a person."""

import pytest

from tests.wallet.stripe.buying import ask, go_to_checkout, tell_and_ask
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.models import Checkout, PaymentEvent, Recharge

pytestmark = pytest.mark.django_db


def another(till, session, where, name, value):
    """Let the paid session, or its payment, differ from what was asked for."""
    event = till.pay(session)
    (session if where == "session" else till.intents[session["payment_intent"]])[name] = value
    return event


@pytest.mark.parametrize(
    ("where", "name", "value", "words"),
    [
        ("session", "amount_total", 499, "Stripe names 499 USD, not 500 USD."),
        ("session", "amount_total", 501, "Stripe names 501 USD, not 500 USD."),
        ("session", "amount_total", None, "Stripe names no amount USD, not 500 USD."),
        ("session", "currency", "eur", "Stripe names 500 EUR, not 500 USD."),
        ("session", "client_reference_id", "order-7", "Stripe’s answer is about another recharge."),
        ("session", "metadata", {}, "Stripe’s answer is about another recharge."),
        ("session", "metadata", None, "Stripe’s answer is about another recharge."),
        ("session", "mode", "setup", "Stripe’s answer is about another kind of payment"),
        ("session", "livemode", True, "Stripe’s answer is about another kind of payment"),
        ("session", "payment_status", "no_payment_required", "Stripe calls the checkout complete and its payment no_"),
        ("session", "payment_intent", None, "Stripe names no payment."),
        ("intent", "amount_received", 499, "Stripe says paid, and has received 499 USD, not 500 USD."),
        ("intent", "currency", "eur", "Stripe says paid, and has received 500 EUR, not 500 USD."),
        ("intent", "status", "processing", "Stripe says paid, and has received 500 USD"),
    ],
)
def test_answer_that_does_not_fit_credits_nothing_and_waits_for_an_operator(
    client, vera, till, caplog, where, name, value, words
):
    recharge, session = go_to_checkout(client, till, vera)

    tell_and_ask(another(till, session, where, name, value))

    page = client.get(f"/wallet/recharge/{recharge.pk}/")
    checkout = Checkout.objects.get()
    assert (coin_balance(vera), Recharge.objects.get().status) == (0, "started")
    assert checkout.state == "unclear"
    assert checkout.attention.startswith(words)
    assert f"recharge {recharge.pk}: nothing was credited." in caplog.text
    assert "We are looking into this payment." in page.text


def test_answer_that_fits_at_last_is_credited(client, vera, till):
    _, session = go_to_checkout(client, till, vera)
    tell_and_ask(another(till, session, "session", "amount_total", 499))
    session["amount_total"] = 500

    asked = [ask(600), ask(3_700)]

    assert asked == [0, 1]
    assert coin_balance(vera) == 500


def test_payment_of_another_recharge_credits_the_first_alone(client, vera, till):
    first, paid = go_to_checkout(client, till, vera)
    second, unpaid = go_to_checkout(client, till, vera)
    tell_and_ask(till.pay(paid))
    event = till.pay(unpaid)
    unpaid["payment_intent"] = paid["payment_intent"]

    tell_and_ask(event, seconds=60)

    assert coin_balance(vera) == 500
    assert Checkout.objects.get(pk=second.pk).attention.startswith("refused: Payment pi_")
    assert Checkout.objects.get(pk=first.pk).attention == ""


def test_checkout_that_stripe_does_not_know_waits_for_an_operator(client, vera, till):
    _, session = go_to_checkout(client, till, vera)
    event = till.pay(session)
    till.sessions.clear()

    tell_and_ask(event)

    assert Checkout.objects.get().attention == "Stripe doesn’t know this checkout."
    assert coin_balance(vera) == 0


def test_open_checkouts_are_asked_about_less_and_less(client, vera, till):
    go_to_checkout(client, till, vera)

    asked = [seconds for seconds in range(0, 3_600, 10) if ask(seconds)]

    assert asked[:3] == [30, 60, 90]
    assert len([one for one in asked if one > 700]) == 5


def test_decided_checkouts_are_asked_about_no_more(client, vera, till):
    _, session = go_to_checkout(client, till, vera)
    tell_and_ask(till.pay(session))

    asked = [ask(seconds) for seconds in (60, 3_700, 90_000)]

    assert asked == [0, 0, 0]


def test_without_a_key_open_checkouts_wait_for_one(client, vera, till, settings):
    _, session = go_to_checkout(client, till, vera)
    till.pay(session)
    with_key, settings.STRIPE_SECRET_KEY = settings.STRIPE_SECRET_KEY, ""

    ask(40)

    assert Checkout.objects.get().trouble == "STRIPE_SECRET_KEY isn’t set."
    settings.STRIPE_SECRET_KEY = with_key
    ask(80)
    assert coin_balance(vera) == 500


def test_one_checkout_that_fails_leaves_the_others_their_turn(client, vera, till, monkeypatch):
    broken, _ = go_to_checkout(client, till, vera)
    _, session = go_to_checkout(client, till, vera)
    till.pay(session)
    from wallet import checkouts

    record = checkouts.record_answer

    def fail(checkout, answer, **options):
        if checkout.pk == broken.pk:
            raise ValueError("a fault of ours")
        return record(checkout, answer, **options)

    monkeypatch.setattr(checkouts, "record_answer", fail)

    ask(40)

    assert coin_balance(vera) == 500


def test_hundred_faults_credit_each_payment_once(client, vera, till, no_pace):
    """Every second call goes wrong, and the worker asks until it knows."""
    till.faults, till.hang = 0.5, 0.0
    paid = 0
    for number in range(12):
        ids = {"recharge_id": f"00000000-0000-4000-8000-{number:012}"}
        while not till.sessions_of(ids["recharge_id"]):
            client.post("/wallet/recharge/", {"package": "coins-500", "method": "card"} | ids)
        session = till.session_of(ids["recharge_id"])
        event = till.pay(session) if number % 3 else till.expire(session)
        paid += bool(number % 3)
        if number % 2:
            tell_and_ask(event, seconds=40)
    # An answer that was lost leaves a checkout without a name, until an event tells it.
    for event in till.events:
        tell_and_ask(event, seconds=100)

    for seconds in range(1_000, 60_000, 1_000):
        ask(seconds)

    assert coin_balance(vera) == 500 * paid == 500 * Recharge.objects.filter(status="confirmed").count()
    assert PaymentEvent.objects.filter(outcome="confirmed").count() == paid
    assert Checkout.objects.exclude(attention="").count() == 0
    assert check_books() == []
