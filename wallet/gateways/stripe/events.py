"""Stripe's webhooks: their signature, their age, and the recharge or payment that they are about."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import stripe
from django.conf import settings
from django.utils import timezone

from wallet.gateways import Forged, PaymentNews
from wallet.gateways.stripe.answers import PAYMENT_ID, Json, Value, amount_of, text_of, word_of

SIGNATURE = "Stripe-Signature"
# Stripe writes the time first. The library reads the first one too, so a second one can't pass for it.
STAMP = re.compile(r"t=([0-9]{1,12}),", re.ASCII)
# The checkout may stand differently from now on.
ABOUT_CHECKOUTS = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}
# An operator must know of it.
ABOUT_REFUNDS = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
ABOUT_DISPUTES = {
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
}


def read_event(headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentNews | None:
    """Return the PaymentNews in a signed message, or None if its kind has no meaning here. Raise Forged."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise Forged("no webhook is set up here")
    header = headers.get(SIGNATURE, "")[:2000]
    _refuse_age(header, now or timezone.now())
    try:
        # Stripe signs text. The age was checked above, on the clock that a caller may set.
        stripe.WebhookSignature.verify_header(body.decode(), header, settings.STRIPE_WEBHOOK_SECRET, tolerance=None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError, TypeError) as error:
        raise Forged("the signature doesn't fit the message") from error
    try:
        return _news(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Forged("the message can't be read") from error


def _refuse_age(header: str, now: datetime) -> None:
    stamp = STAMP.match(header)
    if stamp is None:
        raise Forged("the signature has no time")
    try:
        is_recent = abs(now - datetime.fromtimestamp(int(stamp[1]), UTC)) <= timedelta(
            seconds=settings.WEBHOOK_WINDOW_SECONDS
        )
    except (ValueError, OverflowError, OSError) as error:
        raise Forged("the time of the message can't be read") from error
    if not is_recent:
        raise Forged("it is too old, or from the future")


def _news(event: Json) -> PaymentNews | None:
    number, kind = text_of(event["id"], 80), event["type"]
    if not number or event["object"] != "event":
        raise ValueError("no event")
    if event["livemode"] is not settings.STRIPE_LIVE:
        raise Forged("it is of Stripe's other mode: test and live have endpoints of their own")
    about = event["data"]["object"]
    if kind in ABOUT_CHECKOUTS:
        metadata = about.get("metadata") or {}
        recharge_id = _uuid(about.get("client_reference_id")) or _uuid(metadata.get("recharge"))
        return PaymentNews(number, kind, recharge_id=recharge_id, reference=text_of(about.get("id"), 255))
    if kind in ABOUT_REFUNDS | ABOUT_DISPUTES:
        return _about_payment(number, kind, about)
    return None


def _about_payment(number: str, kind: str, about: Json) -> PaymentNews:
    payment_id, cents = about.get("payment_intent"), about.get("amount")
    is_payment = isinstance(payment_id, str) and PAYMENT_ID.fullmatch(payment_id)
    what = "Dispute" if kind in ABOUT_DISPUTES else "Refund"
    reason = f" ({word_of(about.get('reason'))})" if about.get("reason") else ""
    return PaymentNews(
        number,
        kind,
        payment_id=str(payment_id) if is_payment else "",
        cents=cents if type(cents) is int and 0 <= cents < 10**12 else None,
        concerns=f"{what} {word_of(about.get('status'))}: {amount_of(cents, about.get('currency'))}{reason}",
    )


def _uuid(value: Value) -> UUID | None:
    """Return the recharge's id, or None for an id that isn't ours."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
