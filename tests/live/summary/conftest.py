"""Two givers: Vera with 10,000 coins, and Imani with 1,000."""

import pytest

from tests.factories import make_user


@pytest.fixture
def vera():
    return make_user("Vera", coins=10_000)


@pytest.fixture
def imani():
    return make_user("Imani", coins=1_000)
