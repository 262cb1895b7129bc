"""Gateways to payment providers: one protocol, one module for each provider.

A gateway never writes to the books. It starts a checkout, and it reads the provider's messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wallet.models import Recharge


class Forged(Exception):
    """The message isn't the provider's, is too old, or can't be read. Callers must change nothing."""


@dataclass(frozen=True)
class Method:
    """A way to pay at the provider, as the viewer sees it."""

    slug: str
    name: str
    detail: str


@dataclass(frozen=True)
class PaymentMessage:
    """A provider's message about one payment. `cents` are US cents, `outcome` is "paid" or "declined"."""

    event_id: str
    outcome: str
    recharge_id: UUID
    payment_id: str
    cents: int
    currency: str
    sent_at: datetime


class PaymentGateway(Protocol):
    slug: str
    is_sandbox: bool
    methods: list[Method]

    def checkout_url(self, recharge: Recharge) -> str:
        """Return the address of the provider's checkout page for a started recharge. A repeat returns the same."""

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentMessage:
        """Return the message after a check of its signature and of its age at `now`; raise Forged."""


def payment_gateway(slug: str | None = None) -> PaymentGateway:
    """Return the gateway with the slug, by default that of PAYMENT_PROVIDER. Raise ImproperlyConfigured."""
    name = slug or settings.PAYMENT_PROVIDER
    if name not in settings.PAYMENT_GATEWAYS:
        known = ", ".join(sorted(settings.PAYMENT_GATEWAYS))
        raise ImproperlyConfigured(f"PAYMENT_PROVIDER is {name!r}; known are: {known}.")
    return import_module(settings.PAYMENT_GATEWAYS[name]).gateway


def method_name(recharge: Recharge) -> str:
    """Return the name of a recharge's payment method for the middle of a sentence: "card", "PayPal"."""
    methods = payment_gateway(recharge.provider).methods if recharge.provider in settings.PAYMENT_GATEWAYS else []
    name = next((method.name for method in methods if method.slug == recharge.method), recharge.method)
    # "Card" is a common noun, "PayPal" is a name and keeps its capitals.
    return name.lower() if name.istitle() else name
