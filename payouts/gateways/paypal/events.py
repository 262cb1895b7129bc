"""PayPal's webhooks: their signature, their age, and the withdrawal that they are about."""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.conf import settings
from django.utils import timezone

from payouts.gateways import ProviderEvent
from payouts.gateways.paypal.api import Json, Value
from payouts.gateways.paypal.certificates import signing_key
from payouts.gateways.paypal.statuses import id_of, word_of
from wallet.gateways import Forged

ALGORITHM = "SHA256withRSA"
# The cheap refusals come before the certificate is fetched.
NEEDED = ("Id", "Time", "Sig")


def read_event(headers: Mapping[str, str], body: bytes) -> ProviderEvent:
    """Return the ProviderEvent in a signed message. Raise Forged, or CertificateAway when it can't be checked now."""
    if not settings.PAYPAL_WEBHOOK_ID:
        raise Forged("no webhook is set up here")
    number, stamp, signature = (headers.get(f"Paypal-Transmission-{name}", "")[:1000] for name in NEEDED)
    if not (number and stamp and signature) or headers.get("Paypal-Auth-Algo") != ALGORITHM:
        raise Forged("a header of the signature is missing")
    now = timezone.now()
    _refuse_age(stamp, now)
    event = _event(body)
    key = signing_key(headers.get("Paypal-Cert-Url", "")[:500], now=now)
    words = f"{number}|{stamp}|{settings.PAYPAL_WEBHOOK_ID}|{zlib.crc32(body)}".encode(errors="replace")
    try:
        key.verify(base64.b64decode(signature, validate=True), words, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError) as error:
        raise Forged("the signature doesn't fit the message") from error
    return event


def _refuse_age(stamp: str, now: datetime) -> None:
    try:
        sent_at = datetime.fromisoformat(stamp)
        sent_at = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
        is_recent = abs(now - sent_at) <= timedelta(seconds=settings.WEBHOOK_WINDOW_SECONDS)
    except (ValueError, OverflowError) as error:
        raise Forged("the time of the message can't be read") from error
    if not is_recent:
        raise Forged("it is too old, or from the future")


def _event(body: bytes) -> ProviderEvent:
    try:
        event = json.loads(body.decode())
        resource = event.get("resource")
        resource = resource if isinstance(resource, dict) else {}
        header = _inside(resource, "batch_header")
        item = _inside(resource, "payout_item")
        sender = item.get("sender_item_id") or _inside(header, "sender_batch_header").get("sender_batch_id")
        return ProviderEvent(
            id=_text(event["id"], 80),
            kind=_text(event["event_type"], 100),
            withdrawal_id=_uuid(sender),
            status=word_of(resource.get("transaction_status") or header.get("batch_status")),
            reference=id_of(resource.get("payout_batch_id") or header.get("payout_batch_id")),
            item=id_of(resource.get("payout_item_id")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Forged("the message can't be read") from error


def _inside(data: Json, name: str) -> Json:
    inner = data.get(name)
    return inner if isinstance(inner, dict) else {}


def _uuid(value: Value) -> UUID | None:
    """Return the withdrawal's id, or None for an id that isn't ours."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _text(value: Value, longest: int) -> str:
    # No NUL and no half of a surrogate pair: JSON can spell them, a database can't store them.
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise ValueError("expected printable characters")
    return value
