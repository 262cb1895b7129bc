"""Fixtures of the wallet's tests."""

import pytest

from tests.factories import make_user


@pytest.fixture
def vera(client):
    """A viewer without coins, who has signed in with `client`."""
    vera = make_user()
    client.force_login(vera)
    return vera
