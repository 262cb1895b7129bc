"""A Tuesday, and coins that a viewer gives on it."""

from datetime import UTC, datetime, timedelta

from tests.factories import tap

# A Tuesday of the week of Monday 23 November.
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def spend(viewer, live, coins):
    """Give that many coins, in gifts of 100 and 1."""
    for gift, quantity in (("encore", coins // 100), ("spark", coins % 100)):
        if quantity:
            tap(viewer, live, gift_slug=gift, quantity=quantity)
