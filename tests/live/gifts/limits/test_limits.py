"""A viewer's own limits: accepted and refused taps, and when a change counts."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from live.gifts.limits import Limits, call_off, limits_of, own_limits, set_limits
from live.gifts.taps import NotEnoughCoins, OwnLimitReached
from live.models import GiftTap, SpendingLimit
from tests.factories import make_session, make_user, tap
from tests.live.gifts.limits.spending import DAY, TUESDAY, spend
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db


# --- What they hold back ------------------------------------------------------------------------


def test_own_limit_is_reached_to_the_coin_and_refused_in_words(vera, live):
    spend(vera, live, 400)
    set_limits(vera, daily=500, weekly=None)
    tap_id = uuid4()
    spend(vera, live, 80)

    with pytest.raises(OwnLimitReached) as refused:
        tap(vera, live, gift_slug="panda", quantity=5)
    assert str(refused.value) == (
        "Your own limit for today is 500 coins ($5.00). You have given 480, so 20 are left. "
        "It resets on Wednesday 25 November at 00:00 UTC."
    )
    assert (coin_balance(vera), GiftTap.objects.count()) == (4_520, 2)

    tap(vera, live, gift_slug="panda", quantity=4, tap_id=tap_id)
    with pytest.raises(OwnLimitReached, match="You have given 500, so nothing is left"):
        tap(vera, live, gift_slug="spark")
    # A repeated tap id returns the first answer, also when the limit is reached.
    tapped = tap(vera, live, gift_slug="panda", quantity=4, tap_id=tap_id)

    assert tapped.is_repeat
    assert coin_balance(vera) == 4_500
    # Another viewer's taps are accepted.
    tap(make_user("Imani", coins=1_000), live, gift_slug="encore", quantity=10)


def test_own_limit_is_named_before_the_coins_that_are_missing(vera, live):
    set_limits(vera, daily=500, weekly=None)
    with pytest.raises(OwnLimitReached):
        tap(vera, live, gift_slug="supernova")
    with pytest.raises(NotEnoughCoins):
        tap(make_user("Imani"), live, gift_slug="supernova")


def test_days_and_weeks_begin_at_midnight_utc(vera, live, clock):
    set_limits(vera, daily=300, weekly=700)
    for moment, given in (("11-24T23:59:59.999999", 300), ("11-25T00:00:00", 300), ("11-29T23:59:59", 100)):
        clock.move_to(f"2026-{moment}+00:00")
        spend(vera, live, given)
        with pytest.raises(OwnLimitReached):
            tap(vera, live, gift_slug="spark")
    with timezone.override(ZoneInfo("Europe/Lisbon")), pytest.raises(OwnLimitReached) as refused:
        tap(vera, live, gift_slug="encore")
    assert str(refused.value) == (
        "Your own limit for this week is 700 coins ($7.00). You have given 700, so nothing is left. "
        "It resets on Monday 30 November at 00:00 UTC."
    )
    with timezone.override(ZoneInfo("America/New_York")), pytest.raises(OwnLimitReached, match=r"UTC \(Sunday 19:00 "):
        tap(vera, live, gift_slug="encore")

    clock.move_to("2026-11-30T00:00:00+00:00")
    spend(vera, live, 300)
    own = own_limits(vera)
    assert (own.today.given, own.today.left, own.week.given, own.week.left) == (300, 0, 300, 400)
    assert (own.today.resets_at, own.week.resets_at) == (
        TUESDAY.replace(day=1, month=12, hour=0),
        TUESDAY.replace(day=7, month=12, hour=0),
    )


def test_limit_below_what_was_given_already_leaves_nothing_and_is_no_error_of_the_books(vera, live):
    spend(vera, live, 400)
    own = set_limits(vera, daily=100, weekly=None)
    assert (own.today.given, own.today.left) == (400, 0)
    with pytest.raises(OwnLimitReached, match=r"is 100 coins .* You have given 400, so nothing is left"):
        tap(vera, live, gift_slug="spark")


@pytest.mark.parametrize("daily", [None, 500])
@pytest.mark.django_db(transaction=True)
def test_tap_takes_as_many_queries_with_a_limit_as_without(daily, django_assert_num_queries):
    vera, live = make_user("Vera", coins=100), make_session()
    set_limits(vera, daily=daily, weekly=daily)
    # The gift's price is looked up by the test; SQLite writes step by step: begin, debit, transfer, tap, commit.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 6):
        tap(vera, live)


# --- When they change ---------------------------------------------------------------------------


def test_stricter_counts_at_once_looser_after_24_hours(vera, clock):
    assert limits_of(vera) == Limits(None, None)
    set_limits(vera, daily=500, weekly=2_000)
    assert limits_of(vera) == Limits(500, 2_000)

    clock.shift(DAY / 2)
    own = set_limits(vera, daily=800, weekly=1_000)
    assert own.now == Limits(500, 1_000)
    assert (own.later, own.later_from) == (Limits(800, 1_000), TUESDAY + 1.5 * DAY)

    # Asking for the same or a lower limit keeps the 24 hours; a higher one starts them again.
    clock.shift(DAY / 4)
    limits = set_limits(vera, daily=800, weekly=1_000)

    assert limits == own

    limits = set_limits(vera, daily=700, weekly=900)

    assert limits.later_from == TUESDAY + 1.5 * DAY
    assert limits_of(vera) == Limits(500, 900)

    limits = set_limits(vera, daily=None, weekly=900)

    assert limits.later_from == TUESDAY + 1.75 * DAY
    assert own_limits(vera).wanted == Limits(None, 900)

    assert limits_of(vera, TUESDAY + 1.75 * DAY - timedelta(microseconds=1)) == Limits(500, 900)
    clock.move_to(TUESDAY + 1.75 * DAY)
    own = own_limits(vera)
    assert (own.now, own.later) == (Limits(None, 900), None)


def test_looser_limit_is_called_off_before_it_begins(vera, clock):
    set_limits(vera, daily=500, weekly=None)
    set_limits(vera, daily=None, weekly=None)
    called_off = call_off(vera)

    assert called_off

    called_off = call_off(vera)

    assert not called_off
    assert (own_limits(vera).later, limits_of(vera, TUESDAY + 2 * DAY)) == (None, Limits(500, None))

    # Asking for the current limit cancels the change; a change that has begun can't be cancelled.
    set_limits(vera, daily=600, weekly=None)
    limits = set_limits(vera, daily=500, weekly=None)

    assert limits.later is None

    set_limits(vera, daily=600, weekly=None)
    clock.shift(DAY)
    called_off = call_off(vera)

    assert not called_off
    assert limits_of(vera) == Limits(600, None)


def test_asking_for_no_limit_without_one_writes_nothing(vera):
    set_limits(vera, daily=None, weekly=None)
    assert not SpendingLimit.objects.exists()
