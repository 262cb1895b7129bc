"""The studio of Cleo, Vera with 10,000 coins, and Mallory, another creator."""

import pytest

from tests.factories import make_creator, make_user


@pytest.fixture
def cleo(client):
    cleo = make_creator(followers=1_000)
    client.force_login(cleo.user)
    return cleo


@pytest.fixture
def vera():
    return make_user("Vera", coins=10_000)


@pytest.fixture
def mallory():
    return make_creator("Mallory", followers=3).user
