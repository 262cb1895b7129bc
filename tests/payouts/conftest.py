"""Fixtures of the payouts' tests."""

import pytest

from payouts.gateways.paypal import api, certificates
from tests.payouts.earning import make_earner
from tests.payouts.paypal.bank import Bank
from tests.payouts.paypal.server import serve

WEBHOOK_ID = "WH-OURS"


@pytest.fixture
def cleo():
    """A creator with $300.00 to withdraw."""
    return make_earner(60_000)


@pytest.fixture(scope="session")
def paypal_server():
    with serve() as server:
        yield server


@pytest.fixture
def paypal(paypal_server, settings, monkeypatch):
    """Pay out through a look-alike of PayPal that is new for each test; `paypal.bank` holds its state."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    tokens = paypal_server.bank.tokens  # tokens cached in this process stay valid
    paypal_server.bank = Bank(hang=0.5)
    paypal_server.bank.tokens = tokens
    settings.PAYOUT_PROVIDER = "paypal"
    settings.PAYPAL_API = paypal_server.url
    settings.PAYPAL_CLIENT_ID = paypal_server.bank.client_id
    settings.PAYPAL_CLIENT_SECRET = paypal_server.bank.secret
    settings.PAYPAL_WEBHOOK_ID = WEBHOOK_ID
    settings.PAYPAL_CERT_HOSTS = [paypal_server.host]
    settings.PAYPAL_TIMEOUT_SECONDS = 10
    monkeypatch.setattr(api, "PAUSE_SECONDS", 0)
    certificates.forget()
    return paypal_server


@pytest.fixture
def break_next(paypal, settings):
    """`break_next("create", "cut-after")`: the next calls fail so; a hanging answer meets a short timeout."""

    def break_next(operation, *faults):
        if "hang-after" in faults:
            settings.PAYPAL_TIMEOUT_SECONDS = 0.3
        paypal.bank.fail_next(operation, *faults)

    return break_next
