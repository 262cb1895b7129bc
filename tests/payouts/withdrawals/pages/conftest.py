"""A Wednesday evening, and Cleo, who has $300.00 and has just signed in."""

import pytest
import time_machine

from tests.factories import make_payout_account
from tests.payouts.earning import make_earner
from tests.payouts.signing_in import sign_in_recently


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel("2026-11-25 20:13:05Z", tick=False) as clock:
        yield clock


@pytest.fixture
def cleo(client):
    cleo = make_earner(60_000)
    make_payout_account(cleo, receiver="cleo@example.com")
    sign_in_recently(client, cleo)
    return cleo
