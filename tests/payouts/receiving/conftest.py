"""Cleo, who has just signed in."""

import pytest

from tests.factories import make_user
from tests.payouts.receiving.adding import sign_in


@pytest.fixture
def cleo(client):
    cleo = make_user("Cleo")
    sign_in(client, cleo)
    return cleo
