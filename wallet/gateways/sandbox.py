"""The sandbox payment provider: a checkout page on our own site, and signed messages like a real provider's.

No money moves. Its decision reaches the books only as a signed message through `recharges.receive_message()`, so the
demo and the tests run the code that a real provider's messages run.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from wallet.gateways import Forged, Method, PaymentMessage, payment_providers
from wallet.models import Recharge

SIGNATURE = "Sandbox-Signature"
TIMESTAMP = "Sandbox-Timestamp"

JSONValue = str | int | float | bool | list["JSONValue"] | dict[str, "JSONValue"] | None


class SandboxGateway:
    slug = "sandbox"
    is_sandbox = True
    is_live = False
    methods = [
        Method("card", "Card", "Test card ending 4242"),
        Method("paypal", "PayPal", "Test account"),
    ]

    def checkout_url(self, recharge: Recharge) -> str:
        return reverse("recharge", args=[recharge.id])

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentMessage:
        if self.slug not in payment_providers():
            raise Forged("the sandbox is closed: this site has a real provider")
        stamp = headers.get(TIMESTAMP, "")
        if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), _signature(stamp, body).encode()):
            raise Forged("the signature doesn't fit the message")
        try:
            sent_at = _recent(stamp, now or timezone.now())
            facts = json.loads(body.decode())
            return PaymentMessage(
                event_id=_text(facts["event_id"], 80),
                outcome=_one_of(facts["outcome"], {"paid", "declined"}),
                recharge_id=UUID(_text(facts["recharge_id"], 36)),
                payment_id=_text(facts["payment_id"], 80),
                cents=_whole(facts["cents"]),
                currency=_text(facts["currency"], 3),
                sent_at=sent_at,
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise Forged(f"the message can't be read: {error}") from error

    def decide(self, recharge: Recharge, outcome: str, *, now: datetime | None = None) -> tuple[dict[str, str], bytes]:
        """Return (headers, body) of the provider's message with the outcome `paid` or `declined`.

        One recharge has one payment id, and each of its outcomes one event id, as at a real provider.
        """
        facts = {
            "event_id": str(uuid5(recharge.id, outcome)),
            "outcome": outcome,
            "recharge_id": str(recharge.id),
            "payment_id": f"sandbox-{recharge.id}",
            "cents": recharge.cents,
            "currency": "USD",
        }
        body = json.dumps(facts).encode()
        return self.sign(body, now=now), body

    def sign(self, body: bytes, *, now: datetime | None = None) -> dict[str, str]:
        """Return the headers of a body: a timestamp, and an HMAC-SHA256 over timestamp and body."""
        stamp = str(int((now or timezone.now()).timestamp()))
        return {TIMESTAMP: stamp, SIGNATURE: _signature(stamp, body)}


def _recent(stamp: str, now: datetime) -> datetime:
    sent_at = datetime.fromtimestamp(int(stamp), UTC)
    if abs(now - sent_at) > timedelta(seconds=settings.WEBHOOK_WINDOW_SECONDS):
        raise ValueError("it is too old, or from the future")
    return sent_at


def _signature(stamp: str, body: bytes) -> str:
    return hmac.new(settings.SANDBOX_WEBHOOK_SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _text(value: JSONValue, longest: int) -> str:
    # isprintable() refuses NUL and lone surrogates: JSON can spell them, PostgreSQL can't store them.
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise ValueError(f"expected 1 to {longest} printable characters")
    return value


def _one_of(value: JSONValue, known: set[str]) -> str:
    if value not in known:
        raise ValueError(f"expected one of {sorted(known)}")
    return value


def _whole(value: JSONValue) -> int:
    if type(value) is not int or not 0 < value < 10**12:
        raise ValueError("expected a whole number of cents")
    return value


gateway = SandboxGateway()
