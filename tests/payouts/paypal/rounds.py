"""Rounds of the worker, and a withdrawal as PayPal's gateway and the page see it."""

from datetime import timedelta

from django.utils import timezone

from payouts.gateways import Payout
from payouts.withdrawals.sending import send_withdrawals

SOON, LATER = timedelta(seconds=6), timedelta(minutes=3)


def rounds(*moments):
    """Let the worker make a round at each moment after now."""
    now = timezone.now()
    for moment in moments:
        send_withdrawals(now=now + moment)


def place(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal.status, withdrawal.attention


def payout_of(withdrawal, **fields):
    return Payout(withdrawal.id, withdrawal.cents, "cleo@example.com", "paypal", "PT", **fields)
