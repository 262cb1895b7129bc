"""Gateways to payout providers: one protocol, one module for each provider.

A gateway never writes to the books, and is never called inside a database transaction. Every call carries the
withdrawal's id: the same id again must not pay twice. A provider that sends events has an EventGateway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Answer(StrEnum):
    """The provider's answer about a payout, in our words.

    UNKNOWN: no usable answer came, so nothing may be concluded and it is asked again.
    UNCLEAR: an answer came with a status that no rule covers; an operator must look.
    """

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Payout:
    """A payment to ask the provider for. `id` is the withdrawal's and makes a repeat harmless."""

    id: UUID
    cents: int
    receiver: str
    service: str
    country: str
    # The provider's names for it; empty until it was sent.
    reference: str = ""
    item: str = ""


@dataclass(frozen=True)
class PayoutAnswer:
    """The provider's answer. `status` is its own word; `why` a sentence that the creator may read."""

    answer: Answer
    reference: str = ""
    why: str = ""
    item: str = ""
    status: str = ""
    cents: int | None = None
    fee_cents: int | None = None


@dataclass(frozen=True)
class ProviderEvent:
    """A provider's webhook. It moves nothing: it names the withdrawal to look up, and the provider's names for it."""

    id: str
    kind: str
    withdrawal_id: UUID | None
    status: str = ""
    reference: str = ""
    item: str = ""


class PayoutGateway(Protocol):
    slug: str
    is_sandbox: bool
    # The slugs of the services it can send through; None: every one.
    services: frozenset[str] | None

    def send(self, payout: Payout) -> PayoutAnswer:
        """Ask the provider to pay; the same id again returns the state of the first."""

    def look_up(self, payout: Payout) -> PayoutAnswer:
        """Ask for the state of a payout that was sent."""

    def call_back(self, payout: Payout) -> PayoutAnswer:
        """Cancel an unclaimed payout; answer its state."""


class EventGateway(PayoutGateway, Protocol):
    """The gateway to a provider that sends events."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """Return a signed event. Raise Forged unless it is the provider's."""


def payout_gateway(slug: str | None = None) -> PayoutGateway:
    """Return the gateway named by PAYOUT_PROVIDER (or by its slug)."""
    name = slug or settings.PAYOUT_PROVIDER
    if name not in settings.PAYOUT_GATEWAYS:
        known = ", ".join(sorted(settings.PAYOUT_GATEWAYS))
        raise ImproperlyConfigured(f"PAYOUT_PROVIDER is {name!r}; known are: {known}.")
    return import_module(settings.PAYOUT_GATEWAYS[name]).gateway
