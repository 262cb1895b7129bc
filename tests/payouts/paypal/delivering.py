"""Deliver PayPal's webhooks, and let the worker follow them."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from payouts.withdrawals.sending import send_withdrawals
from tests.payouts.conftest import WEBHOOK_ID
from tests.payouts.paypal.bank import event_about

URL = "/payouts/webhooks/paypal/"
SOON, LATER = timedelta(seconds=6), timedelta(minutes=3)


def deliver(message):
    """Deliver as PayPal does: no session, no CSRF token."""
    headers, body = message
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(URL, body, content_type="application/json", headers=headers)
    return response.status_code, response.content.decode().strip()


def event_for(paypal, withdrawal, **fields):
    [item] = paypal.bank.items_of(withdrawal.id)
    return event_about(item) | fields


def signed(paypal, withdrawal, **more):
    """A genuine message about the withdrawal as the look-alike has it."""
    return paypal.signed(event_for(paypal, withdrawal), webhook_id=WEBHOOK_ID, **more)


def place(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal.status, withdrawal.ask_now, withdrawal.reports.exclude(event="").count()


def work(at=SOON):
    send_withdrawals(now=timezone.now() + at)
