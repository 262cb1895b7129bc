"""Gateways to payment providers: one protocol, one module for each provider.

A gateway never writes to the books. The sandbox's checkout is a page of this site, and its signed messages say what
was paid. A HostedGateway has its checkout on the provider's site; its events only have the provider asked. Its calls
are never made inside a database transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import NamedTuple, Protocol, cast
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


class ProviderAway(Exception):
    """The provider gave no usable answer. The call may have had its effect, and may be repeated with the same id."""


class CheckoutRefused(Exception):
    """The provider refuses to open this checkout. A repeat with the same id is refused too."""


class Standing(StrEnum):
    """How a payment stands at its provider, in our words.

    UNKNOWN: no usable answer came, so nothing may be concluded and it is asked again.
    UNCLEAR: an answer came that no rule covers, or that doesn't fit the recharge; an operator must look.
    """

    OPEN = "open"
    ON_ITS_WAY = "on-its-way"
    PAID = "paid"
    DECLINED = "declined"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Opened:
    """A checkout on the provider's site: the provider's id of it, and its address."""

    reference: str
    url: str


@dataclass(frozen=True)
class PaymentAnswer:
    """The provider's answer about one recharge. `why` is a sentence that the viewer may read, `body` the answer."""

    standing: Standing
    why: str = ""
    payment_id: str = ""
    body: str = ""


@dataclass(frozen=True)
class PaymentNews:
    """A provider's event. It moves nothing: it names the recharge to ask about, or the payment that it is about.

    `concerns` has the words for an operator where a person must look: a refund or a dispute.
    """

    id: str
    kind: str
    recharge_id: UUID | None = None
    reference: str = ""
    payment_id: str = ""
    cents: int | None = None
    concerns: str = ""


class PaymentGateway(Protocol):
    slug: str
    is_sandbox: bool
    methods: list[Method]

    @property
    def is_live(self) -> bool:
        """Return whether real money moves."""


class LocalGateway(PaymentGateway, Protocol):
    """The gateway to a provider whose checkout is a page of this site."""

    def checkout_url(self, recharge: Recharge) -> str:
        """Return the path of the checkout for a started recharge. A repeat returns the same."""

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentMessage:
        """Return the message after a check of its signature and of its age at `now`; raise Forged."""


class HostedGateway(PaymentGateway, Protocol):
    """The gateway to a provider whose checkout is on the provider's own site."""

    # The only site that a browser is sent to.
    origin: str

    def open_checkout(self, recharge: Recharge, *, page: str) -> Opened:
        """Open the checkout; `page` is the address to return to. The same recharge again returns the same checkout.

        Raise ProviderAway or CheckoutRefused.
        """

    def look_up(self, recharge: Recharge, reference: str) -> PaymentAnswer:
        """Ask for the present state of a checkout."""

    def read_event(self, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentNews | None:
        """Return a signed event, or None for a kind without a meaning here. Raise Forged."""


class OfferedMethod(NamedTuple):
    """A way to pay, its provider, and its value in the form: stripe-card, or card for the first provider.

    So the methods of a site with one provider keep their slugs when a second one comes.
    """

    value: str
    provider: str
    method: Method


def payment_providers() -> list[str]:
    """Return the slugs of the providers that take payments, the first one first."""
    return settings.PAYMENT_PROVIDER.split(",")


def offered_methods() -> list[OfferedMethod]:
    """Return the methods of all providers that take payments."""
    return [
        OfferedMethod(method_value(provider, method.slug), provider, method)
        for provider in payment_providers()
        for method in payment_gateway(provider).methods
    ]


def method_value(provider: str, slug: str) -> str:
    """Return the value of a method in the form."""
    return slug if provider == payment_providers()[0] else f"{provider}-{slug}"


def hosted_gateway(slug: str) -> HostedGateway | None:
    """Return the gateway if its checkout is on the provider's own site."""
    gateway = payment_gateway(slug)
    return None if gateway.is_sandbox else cast("HostedGateway", gateway)


def local_gateway(slug: str) -> LocalGateway:
    return cast("LocalGateway", payment_gateway(slug))


def payment_gateway(slug: str | None = None) -> PaymentGateway:
    """Return the gateway with the slug, by default the first of PAYMENT_PROVIDER. Raise ImproperlyConfigured."""
    name = slug or payment_providers()[0]
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
