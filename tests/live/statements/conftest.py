"""The clock of the statements' tests."""

from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture
def clock():
    """A calendar that a test turns: `clock(month, day)` of 2026."""
    with time_machine.travel(datetime(2026, 1, 1, 12, tzinfo=UTC), tick=False) as travel:
        yield lambda month, day=10, hour=12, year=2026: travel.move_to(datetime(year, month, day, hour, tzinfo=UTC))
