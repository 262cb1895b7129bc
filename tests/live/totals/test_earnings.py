"""Earnings by week, and the gifts that are missing to the minimum."""

import pytest
import time_machine

from live.models import Creator
from live.totals.earnings import earned_by_week, gifts_to_go, plural
from payouts.models import DiamondRate
from tests.factories import make_creator
from tests.live.live_gifts import read
from tests.payouts.earning import earn, make_earner

pytestmark = pytest.mark.django_db


def test_a_week_begins_on_monday_at_midnight_utc():
    creator = make_creator(followers=0)
    for moment in ("2026-12-27 23:59:59Z", "2026-12-28 00:00Z", "2027-01-03 23:59:59Z", "2027-01-04 00:00Z"):
        with time_machine.travel(moment, tick=False):
            earn(creator, 100)

    with time_machine.travel("2027-01-04 00:00Z", tick=False):
        weeks = earned_by_week(creator).weeks

    assert [(str(week.monday), week.lives, week.diamonds) for week in weeks[-3:]] == [
        ("2026-12-21", 1, 100),
        ("2026-12-28", 2, 200),
        ("2027-01-04", 1, 100),
    ]


def test_each_diamond_counts_as_what_it_was_worth_when_it_was_settled():
    creator = make_creator(followers=0)
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        earn(creator, 10_000)
        DiamondRate.objects.create(micros=6_000, reason_given="More for creators")
        earn(creator, 10_000)
        week = earned_by_week(creator).weeks[-1]

    assert (week.diamonds, week.cents) == (20_000, 50_00 + 60_00)


@pytest.mark.once
def test_columns_stand_on_the_axis_and_the_highest_stays_below_the_top_line():
    creator = make_creator(followers=0)
    with time_machine.travel("2026-11-09 10:00Z", tick=False):
        earn(creator, 100_000)
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        earn(creator, 100)
        earnings = earned_by_week(creator)

    assert len(earnings.weeks) == 12
    assert all(week.y + week.height == 126 for week in earnings.weeks)
    assert earnings.best.cents == 500_00
    assert earnings.step_cents == 200_00 and len(earnings.lines) == 3
    assert min(week.y for week in earnings.weeks) >= min(earnings.lines)


@pytest.mark.once
def test_the_chart_has_its_numbers_as_a_table(client):
    page = read(client, make_earner(60_000))

    assert '<title id="earned-title">Earned by week</title>' in page
    assert "The most was $300.00" in page
    assert '<td class="num">60,000</td><td class="num">$300.00</td>' in page


@pytest.mark.once
def test_gifts_to_go_are_of_the_dearest_that_is_not_more_than_what_is_missing():
    assert [(count, gift.slug) for count, gift in map(gifts_to_go, (1, 4_800, 5_000, 20_000))] == [
        (1, "spark"),
        (2, "tall-ship"),
        (1, "drama-queen"),
        (2, "supernova"),
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("Drama Queen", "Drama Queens"),
        ("Torch", "Torches"),
        ("Penny", "Pennies"),
        ("Bouquet", "Bouquets"),
        ("Day", "Days"),
    ],
)
def test_plural_follows_the_rules_of_english(one, many):
    assert plural(one) == many


def test_a_creator_without_a_live_has_twelve_empty_weeks():
    creator = make_creator(followers=0)

    assert earned_by_week(creator).is_empty
    assert Creator.objects.count() == 1


def test_live_that_was_settled_by_a_clock_ahead_of_ours_is_left_to_its_own_week(client):
    with time_machine.travel("2026-11-23 00:00:01Z", tick=False):
        cleo = make_earner(100_000)
    with time_machine.travel("2026-11-22 23:59:59Z", tick=False):
        assert "$500.00" in read(client, cleo)
