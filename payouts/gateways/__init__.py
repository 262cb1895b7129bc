"""The doors to payout providers: one protocol, one module for each provider.

A gateway never writes to the books, and is never called inside a database transaction. Both calls carry the
withdrawal's id: the same id again must not pay twice.
"""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

GATEWAYS = {"sandbox": "payouts.gateways.sandbox"}


class Answer(StrEnum):
    """What a provider says of a payout. UNKNOWN: no answer came, so nothing may be concluded."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Payout:
    """What the provider is asked to pay. `id` is the withdrawal's and makes a repeat harmless."""

    id: UUID
    cents: int
    receiver: str
    service: str
    country: str


@dataclass(frozen=True)
class PayoutAnswer:
    answer: Answer
    reference: str = ""
    why: str = ""


class PayoutGateway(Protocol):
    slug: str
    is_sandbox: bool

    def send(self, payout: Payout) -> PayoutAnswer:
        """Ask the provider to pay; the same id again returns the state of the first."""

    def look_up(self, payout: Payout) -> PayoutAnswer:
        """Ask what became of a payout that was sent."""


def payout_gateway(slug=None) -> PayoutGateway:
    """Return the gateway named by PAYOUT_PROVIDER (or by its slug)."""
    name = slug or settings.PAYOUT_PROVIDER
    if name not in GATEWAYS:
        raise ImproperlyConfigured(f"PAYOUT_PROVIDER is {name!r}; known are: {', '.join(sorted(GATEWAYS))}.")
    return import_module(GATEWAYS[name]).gateway
