"""Vera with 100 coins: enough for twenty Pandas."""

import pytest
from django.test import Client

from tests.factories import make_user


@pytest.fixture
def vera():
    return make_user("Vera", coins=100)


@pytest.fixture
def web(vera):
    client = Client()
    client.force_login(vera)
    return client
