"""Cleo's live, and Vera with 1,000 coins."""

import pytest

from tests.factories import make_creator, make_session, make_user


@pytest.fixture
def live():
    return make_session(make_creator("Cleo", followers=1_000))


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)
