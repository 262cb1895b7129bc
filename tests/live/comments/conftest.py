"""Vera, who has no coins: a comment costs none."""

import pytest

from tests.factories import make_user


@pytest.fixture
def vera():
    return make_user("Vera")
