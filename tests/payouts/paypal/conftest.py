"""Cleo's withdrawal to PayPal: requested, or sent."""

import pytest

from payouts.withdrawals.sending import send_withdrawals
from tests.payouts.earning import make_earner, withdraw


@pytest.fixture
def withdrawal(paypal):
    """Cleo's $100.00, requested."""
    return withdraw(make_earner(20_000), receiver="cleo@example.com")


@pytest.fixture
def sent(paypal):
    """Cleo's $100.00, sent and not yet looked at."""
    withdrawal = withdraw(make_earner(20_000))
    send_withdrawals()
    withdrawal.refresh_from_db()
    return withdrawal
