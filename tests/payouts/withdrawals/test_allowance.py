"""The week: ISO, in UTC, Monday 00:00 to Monday 00:00; used up once, given back once, in the week it was taken from."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from payouts.models import PayoutTerms, WeeklyAllowance
from payouts.withdrawals.allowance import resets_at, take_allowance, week_of, weekly_allowance
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal
from tests.payouts.earning import make_earner, withdraw

SECOND = timedelta(seconds=1)

# The last second of one week and the first of the next, in local time.
BOUNDARIES = [
    ("UTC", "2026-11-22 23:59:59", "2026-11-16"),
    ("UTC", "2027-01-03 23:59:59", "2026-12-28"),  # 2026 has a week 53, and it ends in 2027
    ("America/New_York", "2027-03-14 19:59:59", "2027-03-08"),  # the night the clocks went forward
    ("America/New_York", "2026-11-01 18:59:59", "2026-10-26"),  # and back
    ("Europe/Lisbon", "2027-03-29 00:59:59", "2027-03-22"),
    ("Pacific/Kiritimati", "2026-11-23 13:59:59", "2026-11-16"),
    ("Asia/Kolkata", "2026-11-23 05:29:59", "2026-11-16"),
]


@pytest.mark.parametrize(("zone", "last_second", "monday"), BOUNDARIES)
def test_the_week_turns_at_midnight_utc_wherever_the_clock_hangs(zone, last_second, monday):
    last = datetime.fromisoformat(last_second).replace(tzinfo=ZoneInfo(zone))
    monday = date.fromisoformat(monday)

    assert week_of(last) == monday
    assert week_of(last + SECOND) == monday + timedelta(days=7)
    assert resets_at(monday) == last + SECOND


def test_week_53_is_one_week_across_the_years_end():
    assert {week_of(datetime(2026, 12, 28, tzinfo=ZoneInfo("UTC")) + timedelta(days=n)) for n in range(7)} == {
        date(2026, 12, 28)
    }


def utc(text):
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.django_db
def test_a_full_week_on_each_side_of_the_boundary():
    cleo = make_earner(400_000)
    sunday, monday = utc("2027-01-03T23:59:59"), utc("2027-01-04T00:00:00")
    withdraw(cleo, 1000_00, now=sunday)

    with pytest.raises(WithdrawalRefused, match="resets on Monday 4 January at 00:00 UTC"):
        withdraw(cleo, 100_00, now=sunday)
    withdraw(cleo, 1000_00, now=monday)

    assert list(WeeklyAllowance.objects.values_list("week", "used_cents")) == [
        (date(2027, 1, 4), 1000_00),
        (date(2026, 12, 28), 1000_00),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("way_back", ["failed", "returned", "cancelled", "returned after paid"])
def test_what_comes_back_comes_back_to_the_week_it_was_requested_in_once(way_back):
    cleo = make_earner(400_000)
    before, after = utc("2026-11-20T12:00:00"), utc("2026-11-24T12:00:00")
    old, new = withdraw(cleo, 700_00, now=before), withdraw(cleo, 600_00, now=after)

    for _ in range(3):
        if way_back == "cancelled":
            cancel_withdrawal(old, by=cleo.email)
            continue
        if way_back == "returned after paid":
            mark_paid(old, reference="x", by="sandbox")
        return_withdrawal(old, status=way_back.split()[0], by="sandbox", why="No such account.")

    assert weekly_allowance(cleo, now=before).used_cents == 0
    assert weekly_allowance(cleo, now=after).used_cents == 600_00
    assert (old.week, new.week) == (date(2026, 11, 16), date(2026, 11, 23))


@pytest.mark.django_db
def test_a_lower_maximum_counts_at_once_and_what_is_above_it_already_stays():
    cleo = make_earner(400_000)
    now = utc("2026-11-24T12:00:00")
    withdraw(cleo, 700_00, now=now)
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=500_00, reason_given="Less a week", starts_at=utc("2026-11-24T13:00:00")
    )

    later = weekly_allowance(cleo, now=utc("2026-11-24T14:00:00"))

    assert (later.limit_cents, later.used_cents, later.left_cents) == (500_00, 700_00, 0)

    is_taken = take_allowance(cleo, 100_00, week=later.week, limit_cents=500_00)

    assert not is_taken


@pytest.mark.django_db
def test_the_database_itself_refuses_more_than_the_maximum():
    cleo = make_earner(0)
    take_allowance(cleo, 1000_00, week=date(2026, 11, 23), limit_cents=1000_00)

    with pytest.raises(IntegrityError, match="weekly_maximum_kept"), transaction.atomic():
        WeeklyAllowance.objects.update(used_cents=1000_01)
    with pytest.raises(IntegrityError, match="weekly_maximum_kept"), transaction.atomic():
        WeeklyAllowance.objects.update(used_cents=-1)
