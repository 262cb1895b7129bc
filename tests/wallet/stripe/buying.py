"""Vera buys coins at the look-alike, step by step."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from tests.wallet.stripe.server import signed
from wallet.checkouts import ask_about_checkouts, receive_event
from wallet.gateways import hosted_gateway

START = "/wallet/recharge/"


def choose(client, **changes):
    """Send the form of a recharge; return the response."""
    wish = {"package": "coins-500", "method": "card", "recharge_id": str(uuid4())} | changes
    return client.post(START, wish)


def go_to_checkout(client, till, viewer, **changes):
    """Choose 500 coins; return the recharge and its session at the look-alike."""
    choose(client, **changes)
    recharge = viewer.recharges.latest("started_at")
    return recharge, till.session_of(recharge.pk)


def deliver(event, *, now=None, **how):
    """Deliver an event signed as by Stripe; return the outcome."""
    return receive_event(hosted_gateway("stripe"), *signed(event, **how), now=now)


def ask(seconds=0):
    """Run the worker's job so many seconds from now; return how many were asked about."""
    return ask_about_checkouts(now=timezone.now() + timedelta(seconds=seconds))


def tell_and_ask(event, seconds=10):
    """Deliver an event and run the worker's job so many seconds from now; return the outcome of the event."""
    outcome = deliver(event)
    ask(seconds)
    return outcome
