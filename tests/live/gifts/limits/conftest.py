"""A clock that stands on a Tuesday, Vera with 5,000 coins, and a live."""

import pytest
import time_machine

from tests.factories import make_session, make_user
from tests.live.gifts.limits.spending import TUESDAY


@pytest.fixture
def clock():
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def vera(clock):
    return make_user("Vera", coins=5_000)


@pytest.fixture
def live(clock):
    return make_session()
