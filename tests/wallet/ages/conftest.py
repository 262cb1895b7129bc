"""Money moves in these tests, so nobody gets around the declaration."""

import pytest


@pytest.fixture(autouse=True)
def money_moves(settings):
    settings.MONEY_MOVES = True
