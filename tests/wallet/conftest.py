"""Fixtures of the wallet's tests."""

import pytest

from tests.factories import make_user
from wallet.books import guarded_balances_are_their_sums, reversals_mirror_their_transfer, transfers_join_equal_units


@pytest.fixture
def vera(client):
    """A viewer without coins, who has signed in with `client`."""
    vera = make_user()
    client.force_login(vera)
    return vera


@pytest.fixture
def balances_are_their_sums(books):
    """Check the rules of the ledger alone: these diamonds have no live and these holds no withdrawal."""
    yield
    for rule in (guarded_balances_are_their_sums, transfers_join_equal_units, reversals_mirror_their_transfer):
        assert list(rule()) == []
