"""Stripe Checkout: a page on Stripe's site for each recharge. Nothing of a card reaches this server.

The recharge's id is the client reference, the metadata and the idempotency key. Stripe keeps a key for a day or more;
a checkout is opened within an hour of its recharge, so sending again returns the first one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

from wallet.gateways import CheckoutRefused, Method, Opened, PaymentAnswer, PaymentNews, ProviderAway, Standing
from wallet.gateways.stripe.answers import answer_to, text_of
from wallet.gateways.stripe.api import Api, Refused, connection
from wallet.gateways.stripe.events import read_event
from wallet.models import Recharge

# Each method, and Stripe's own name of it.
METHODS = {
    "card": (Method("card", "Card", "On Stripe’s own page"), "card"),
    "bank": (Method("bank", "Bank account", "US only; coins come with the money, days later"), "us_bank_account"),
}
A_TEST = "A test at Stripe: no real money moves"
NO_SUCH = PaymentAnswer(Standing.UNCLEAR, why="Stripe doesn’t know this checkout.")
# Stripe accepts no checkout that ends within half an hour, so one ends that long after its recharge was given up.
OPEN_LONGER = timedelta(minutes=31)
A_DAY = timedelta(days=1)


class StripeGateway:
    slug = "stripe"
    is_sandbox = False

    @property
    def is_live(self) -> bool:
        return settings.STRIPE_LIVE

    @property
    def methods(self) -> list[Method]:
        methods = [METHODS[slug][0] for slug in settings.STRIPE_METHODS]
        return methods if self.is_live else [replace(method, detail=A_TEST) for method in methods]

    @property
    def origin(self) -> str:
        return settings.STRIPE_CHECKOUT

    def open_checkout(self, recharge: Recharge, *, page: str) -> Opened:
        try:
            session = _api().create(_order(recharge, page), key=str(recharge.id))
        except Refused as refused:
            if refused.is_ours:
                raise ProviderAway(str(refused)) from None
            raise CheckoutRefused(str(refused)) from None
        reference, url = text_of(session.get("id"), 255), text_of(session.get("url"), 2000)
        if not reference or not url.startswith(f"{self.origin}/"):
            raise ProviderAway("Stripe’s answer has no address of a checkout.")
        return Opened(reference, url)

    def look_up(self, recharge: Recharge, reference: str) -> PaymentAnswer:
        try:
            return answer_to(_api().session(reference), recharge, reference)
        except ProviderAway as away:
            return PaymentAnswer(Standing.UNKNOWN, why=str(away))
        except Refused as refused:
            return NO_SUCH if refused.status == 404 else PaymentAnswer(Standing.UNKNOWN, why=str(refused))

    def read_event(self, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> PaymentNews | None:
        return read_event(headers, body, now=now)


def _api() -> Api:
    """Return the Api of the settings; raise ProviderAway without a key: checkouts from before may still be open."""
    if not settings.STRIPE_SECRET_KEY:
        raise ProviderAway("STRIPE_SECRET_KEY isn’t set.")
    return connection(settings.STRIPE_API, settings.STRIPE_SECRET_KEY, settings.STRIPE_TIMEOUT_SECONDS)


def _order(recharge: Recharge, page: str) -> "SessionCreateParams":
    """Return the request for a checkout. It is the same for each repeat, as the idempotency key demands.

    Its type is of the version of Stripe's API that the library speaks, so mypy finds a parameter that is gone.
    """
    number = str(recharge.id)
    given_up = timedelta(minutes=settings.RECHARGE_ABANDONED_AFTER_MINUTES)
    ends_at = recharge.started_at + min(given_up + OPEN_LONGER, A_DAY)
    return {
        "mode": "payment",
        "client_reference_id": number,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": recharge.cents,
                    "product_data": {"name": f"{recharge.coins:,} coins"},
                },
            }
        ],
        "allowed_payment_method_types": [METHODS[recharge.method][1]],
        "metadata": {"recharge": number},
        "payment_intent_data": {"metadata": {"recharge": number}},
        # The price that was shown is charged, in dollars.
        "adaptive_pricing": {"enabled": False},
        "success_url": page,
        "cancel_url": page,
        "expires_at": int(ends_at.timestamp()),
    }


gateway = StripeGateway()
