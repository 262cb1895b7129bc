"""Recharges that are paid at a look-alike of Stripe, over real HTTP."""

import pytest

from tests.wallet.stripe.server import SECRET, serve
from tests.wallet.stripe.till import Till


@pytest.fixture(scope="session")
def stripe_server():
    with serve() as server:
        yield server


@pytest.fixture
def till(stripe_server, settings, monkeypatch):
    """Take payments through a look-alike that is new for each test; return its state."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # The library waits before a repeat.
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.0)
    monkeypatch.setattr("stripe._http_client.HTTPClient.MAX_DELAY", 0.0)
    stripe_server.till = Till(hang=0.5)
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = stripe_server.till.key, SECRET
    settings.STRIPE_API = settings.STRIPE_CHECKOUT = stripe_server.url
    settings.STRIPE_METHODS, settings.STRIPE_LIVE = ["card", "bank"], False
    settings.STRIPE_TIMEOUT_SECONDS = 10
    return stripe_server.till


@pytest.fixture
def break_next(till, settings):
    """`break_next("create", "cut-after")`: the next calls fail so; a hanging answer meets a short timeout."""

    def break_next(operation, *faults):
        if "hang-after" in faults:
            settings.STRIPE_TIMEOUT_SECONDS = 0.3
        till.fail_next(operation, *faults)

    return break_next
