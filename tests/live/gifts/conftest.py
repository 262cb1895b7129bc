"""Vera with 100 coins: enough for twenty Pandas."""

import pytest

from tests.factories import make_user


@pytest.fixture
def vera():
    return make_user("Vera", coins=100)
