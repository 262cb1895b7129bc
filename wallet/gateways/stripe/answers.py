"""Stripe's statuses of a checkout session and its payment, and the Standing of each.

A session counts as paid only if recharge, amount, currency and kind of key all match. Anything else waits for a person.
"""

import json
import re
from typing import Any, TypeAlias

from django.conf import settings

from wallet.gateways import PaymentAnswer, Standing
from wallet.models import Recharge

# A JSON object, and a value in it. Each is looked at before it is believed.
Json: TypeAlias = dict[str, Any]
Value: TypeAlias = Json | list[Any] | str | float | None

PAYMENT_ID = re.compile(r"[A-Za-z0-9_]{1,80}", re.ASCII)
OPEN = "Not paid yet."
ON_ITS_WAY = "The bank has been asked for the money, which takes some days."
# Statuses of a payment intent in a complete but unpaid session. In any other one the bank hasn't paid.
BANK_WORKS = {"processing", "requires_action", "requires_confirmation", "requires_capture", "succeeded"}
BANK_REFUSED = {"requires_payment_method", "canceled"}


def answer_to(session: Json, recharge: Recharge, reference: str) -> PaymentAnswer:
    """Return the PaymentAnswer to a session as Stripe describes it, with its payment intent in it."""
    body = json.dumps(session, sort_keys=True)
    wrong = _why_another(session, recharge, reference)
    if wrong:
        return PaymentAnswer(Standing.UNCLEAR, why=wrong, body=body)
    status, payment = session.get("status"), session.get("payment_status")
    if status == "open" and payment == "unpaid":
        return PaymentAnswer(Standing.OPEN, why=OPEN, body=body)
    if status == "expired" and payment == "unpaid":
        return PaymentAnswer(Standing.DECLINED, why="The checkout wasn’t finished in time", body=body)
    intent = session.get("payment_intent")
    intent = intent if isinstance(intent, dict) else {}
    if status == "complete" and payment == "unpaid":
        return _on_its_way(intent, body)
    if status == "complete" and payment == "paid":
        return _paid(intent, recharge, body)
    words = f"Stripe calls the checkout {word_of(status)} and its payment {word_of(payment)}."
    return PaymentAnswer(Standing.UNCLEAR, why=words, body=body)


def _why_another(session: Json, recharge: Recharge, reference: str) -> str:
    """Return why a session isn't the one that was opened for the recharge, or an empty text."""
    number, metadata = str(recharge.id), session.get("metadata")
    named = metadata.get("recharge") if isinstance(metadata, dict) else None
    if (session.get("id"), session.get("client_reference_id"), named) != (reference, number, number):
        return "Stripe’s answer is about another recharge."
    if session.get("mode") != "payment" or session.get("livemode") is not settings.STRIPE_LIVE:
        return "Stripe’s answer is about another kind of payment: a test, or real money instead of one."
    if (session.get("amount_total"), session.get("currency")) != (recharge.cents, "usd"):
        return (
            f"Stripe names {amount_of(session.get('amount_total'), session.get('currency'))}, not {recharge.cents} USD."
        )
    return ""


def _on_its_way(intent: Json, body: str) -> PaymentAnswer:
    status = intent.get("status")
    if status in BANK_WORKS:
        return PaymentAnswer(Standing.ON_ITS_WAY, why=ON_ITS_WAY, body=body)
    if status in BANK_REFUSED:
        return PaymentAnswer(Standing.DECLINED, why="The bank didn’t pay", body=body)
    return PaymentAnswer(Standing.UNCLEAR, why=f"Stripe calls the payment {word_of(status)}.", body=body)


def _paid(intent: Json, recharge: Recharge, body: str) -> PaymentAnswer:
    payment_id, received = intent.get("id"), (intent.get("amount_received"), intent.get("currency"))
    if not isinstance(payment_id, str) or not PAYMENT_ID.fullmatch(payment_id):
        return PaymentAnswer(Standing.UNCLEAR, why="Stripe names no payment.", body=body)
    if intent.get("status") != "succeeded" or received != (recharge.cents, "usd"):
        words = f"Stripe says paid, and has received {amount_of(*received)}, not {recharge.cents} USD."
        return PaymentAnswer(Standing.UNCLEAR, why=words, body=body)
    return PaymentAnswer(Standing.PAID, why="Payment received", payment_id=payment_id, body=body)


def amount_of(cents: Value, currency: Value) -> str:
    """Return an amount as Stripe names it, for an operator: 380 EUR."""
    number = str(cents) if type(cents) is int and abs(cents) < 10**12 else "no amount"
    return f"{number} {word_of(currency).upper()}" if currency else number


def word_of(value: Value) -> str:
    """Return one of Stripe's words, or "unreadable": the value may be of any kind."""
    return value if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_.]{0,39}", value) else "unreadable"


def text_of(value: Value, longest: int) -> str:
    """Return printable text, or an empty one. JSON can spell characters that a database can't store."""
    return value if isinstance(value, str) and 0 < len(value) <= longest and value.isprintable() else ""
