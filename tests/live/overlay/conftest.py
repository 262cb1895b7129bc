"""Cleo, her overlay, the browser of her studio, and Vera with 10,000 coins."""

import pytest
from django.test import Client

from live.overlay.overlays import make_overlay
from tests.factories import make_creator, make_user


@pytest.fixture
def cleo():
    return make_creator("Cleo", followers=1_000)


@pytest.fixture
def vera():
    return make_user("Vera", coins=10_000)


@pytest.fixture
def overlay(cleo):
    return make_overlay(cleo)


@pytest.fixture
def studio(cleo):
    client = Client()
    client.force_login(cleo.user)
    return client
