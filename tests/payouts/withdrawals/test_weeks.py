"""Weeks: both sides of six boundaries, and the printed reset in five time zones."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from payouts.withdrawals.allowance import resets_at, week_of, weekly_allowance
from payouts.withdrawals.withdrawals import WithdrawalRefused
from tests.payouts.earning import make_earner, withdraw

SECOND = timedelta(seconds=1)
# Mondays, 00:00 UTC: plain ones, the end of week 53 of 2026, and the first after clocks changed.
BOUNDARIES = {
    "2026-10-26": "the day after Lisbon's clocks went back",
    "2026-11-02": "the day after New York's clocks went back",
    "2026-12-28": "week 53 of 2026 begins",
    "2027-01-04": "week 53 of 2026 is over, in 2027",
    "2027-03-15": "the day after New York's clocks went forward",
    "2027-04-05": "the day after Auckland's clocks went back",
}


@pytest.mark.django_db
@pytest.mark.parametrize("monday", BOUNDARIES)
def test_a_full_week_on_each_side_of_a_boundary_and_not_a_cent_more(monday):
    monday = date.fromisoformat(monday)
    turns = datetime.combine(monday, datetime.min.time(), UTC)
    cleo = make_earner(420_000)

    for last, moment, week in (("before", turns - SECOND, monday - timedelta(days=7)), ("after", turns, monday)):
        withdrawal = withdraw(cleo, 1000_00, now=moment)

        assert withdrawal.week == week, last

        with pytest.raises(WithdrawalRefused, match=f"resets on {week + timedelta(days=7):%A %-d %B} at 00:00 UTC"):
            withdraw(cleo, 100_00, now=moment)
    assert weekly_allowance(cleo, now=turns - SECOND).left_cents == 0
    assert weekly_allowance(cleo, now=turns + timedelta(days=7)).left_cents == 1000_00


def test_week_53_is_named_so_and_is_seven_days_long():
    assert date(2026, 12, 28).isocalendar()[:2] == (2026, 53) == date(2027, 1, 3).isocalendar()[:2]
    days = [datetime(2026, 12, 28, 12, tzinfo=UTC) + timedelta(days=number) for number in range(-1, 8)]
    assert [str(week_of(day)) for day in days] == ["2026-12-21", *["2026-12-28"] * 7, "2027-01-04"]


ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Lisbon", "Pacific/Auckland", "Asia/Kolkata"])


@given(st.datetimes(datetime(2025, 1, 1), datetime(2040, 1, 1)), ZONES)
def test_every_moment_is_in_one_week_of_168_hours_whatever_the_clock_on_the_wall_says(moment, zone):
    here = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    week = week_of(here)
    began = datetime.combine(week, datetime.min.time(), UTC)

    assert week.isoweekday() == 1 and week == week_of(here.astimezone(UTC))
    assert began <= here < resets_at(week) == began + timedelta(hours=168)


# A Wednesday on both sides of each zone's change of clocks, and the reset as the page prints it.
PRINTED = [
    ("America/New_York", "2026-10-28", "Monday 00:00 UTC (Sunday 19:00 for you)"),
    ("America/New_York", "2026-10-21", "Monday 00:00 UTC (Sunday 20:00 for you)"),
    ("America/New_York", "2027-03-10", "Monday 00:00 UTC (Sunday 20:00 for you)"),
    ("Europe/Lisbon", "2026-10-21", "Monday 00:00 UTC"),
    ("Europe/Lisbon", "2026-10-14", "Monday 00:00 UTC (01:00 for you)"),
    ("Europe/Lisbon", "2027-03-24", "Monday 00:00 UTC (01:00 for you)"),
    ("Pacific/Auckland", "2026-09-23", "Monday 00:00 UTC (13:00 for you)"),
    ("Pacific/Auckland", "2027-03-31", "Monday 00:00 UTC (12:00 for you)"),
    ("Asia/Kolkata", "2026-12-30", "Monday 00:00 UTC (05:30 for you)"),
    ("Pacific/Kiritimati", "2026-12-30", "Monday 00:00 UTC (14:00 for you)"),
    ("UTC", "2026-12-30", "Monday 00:00 UTC"),
    ("Not/A_Zone", "2026-12-30", "Monday 00:00 UTC"),
]


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "day", "words"), PRINTED)
def test_the_reset_is_printed_in_utc_and_as_the_readers_clock_will_show_it(client, zone, day, words):
    cleo = make_earner(0)
    client.cookies["tz"] = zone
    with time_machine.travel(f"{day} 12:00Z", tick=False):
        client.force_login(cleo)
        page = " ".join(client.get("/payouts/").content.decode().split())

    assert f"$0.00 of $1,000.00, resets on {words}<" in re.sub(r"</?time[^>]*>", "", page)
