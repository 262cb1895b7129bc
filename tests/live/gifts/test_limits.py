"""A viewer's own limits: accepted taps, refused taps and their words, and when a change counts."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from live.gifts.limits import Limits, call_off, limits_of, own_limits, set_limits
from live.gifts.taps import NotEnoughCoins, OwnLimitReached
from live.models import GiftTap, SpendingLimit
from tests.factories import make_session, make_user, tap
from tests.htmx import HTMX
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db
# A Tuesday of the week of Monday 23 November.
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


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


def spend(viewer, live, coins):
    """Give that many coins, in gifts of 100 and 1."""
    for gift, quantity in (("encore", coins // 100), ("spark", coins % 100)):
        if quantity:
            tap(viewer, live, gift_slug=gift, quantity=quantity)


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
    assert tap(vera, live, gift_slug="panda", quantity=4, tap_id=tap_id).is_repeat
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
    assert set_limits(vera, daily=800, weekly=1_000) == own
    assert set_limits(vera, daily=700, weekly=900).later_from == TUESDAY + 1.5 * DAY
    assert limits_of(vera) == Limits(500, 900)
    assert set_limits(vera, daily=None, weekly=900).later_from == TUESDAY + 1.75 * DAY
    assert own_limits(vera).wanted == Limits(None, 900)

    assert limits_of(vera, TUESDAY + 1.75 * DAY - timedelta(microseconds=1)) == Limits(500, 900)
    clock.move_to(TUESDAY + 1.75 * DAY)
    own = own_limits(vera)
    assert (own.now, own.later) == (Limits(None, 900), None)


def test_looser_limit_is_called_off_before_it_begins(vera, clock):
    set_limits(vera, daily=500, weekly=None)
    set_limits(vera, daily=None, weekly=None)
    assert call_off(vera)
    assert not call_off(vera)
    assert (own_limits(vera).later, limits_of(vera, TUESDAY + 2 * DAY)) == (None, Limits(500, None))

    # Asking for the current limit cancels the change; a change that has begun can't be cancelled.
    set_limits(vera, daily=600, weekly=None)
    assert set_limits(vera, daily=500, weekly=None).later is None
    set_limits(vera, daily=600, weekly=None)
    clock.shift(DAY)
    assert not call_off(vera)
    assert limits_of(vera) == Limits(600, None)


def test_asking_for_no_limit_without_one_writes_nothing(vera):
    set_limits(vera, daily=None, weekly=None)
    assert not SpendingLimit.objects.exists()


# --- The page -----------------------------------------------------------------------------------

PAGE = "/wallet/limits/"


@pytest.fixture
def web(client, vera):
    client.force_login(vera)
    return client


def test_page_shows_what_is_left_what_waits_and_when(web, vera, live):
    assert "0 coins" in web.get(PAGE).text
    assert web.post(PAGE, {"daily": "500", "weekly": " 2,000 "})["Location"] == PAGE
    spend(vera, live, 480)
    shown = web.post(PAGE, {"daily": "", "weekly": "1000"}, headers=HTMX).text

    assert shown.startswith('<div class="columns" id="limits">')
    both = "What is stricter counts from now on, what is looser from Wednesday 25 November at 12:00 UTC."
    assert both in shown
    assert "$4.80 given of $5.00, 20 coins ($0.20) left." in shown
    assert "$4.80 given of $10.00, 520 coins ($5.20) left." in shown
    assert "Wednesday 25 November 2026, 00:00 UTC</time>." in shown
    assert "Wednesday 25 November 2026, 12:00 UTC</time></strong>:" in shown
    assert "<dt>A day</dt><dd>no limit</dd>" in shown
    assert 'name="weekly" value="1000"' in shown
    assert 'name="daily" value' not in shown

    web.cookies["tz"] = "Asia/Tokyo"
    assert "25 November 2026, 00:00 UTC</time> (09:00 for you)" in web.get(PAGE).text
    assert web.post(f"{PAGE}call-off/")["Location"] == PAGE
    assert "Called off. Your limits stay as they are." in web.get(PAGE).text
    assert "Nothing was waiting." in web.post(f"{PAGE}call-off/", headers=HTMX).text
    assert limits_of(vera, TUESDAY + 2 * DAY) == Limits(500, 1_000)


def test_what_is_said_after_saving_is_what_happened(web, vera):
    assert "Saved. It counts from now on." in web.post(PAGE, {"daily": "500", "weekly": "2000"}, headers=HTMX).text
    web.cookies["tz"] = "Asia/Tokyo"
    looser = web.post(PAGE, {"daily": "600", "weekly": "2000"}, headers=HTMX).text
    moment = "Wednesday 25 November at 12:00 UTC (21:00 for you)"
    assert f"Saved. It counts from {moment}; until then your limits stay as they are." in looser
    assert "stricter" not in looser
    assert "Saved. It counts from now on." in web.post(PAGE, {"daily": "400", "weekly": "2000"}, headers=HTMX).text


@pytest.mark.once
@pytest.mark.parametrize("typed", ["0", "-1", "100,000,001", "9" * 400, "1.5", "٣", "a lot", "5\x00"])
def test_limit_that_is_no_number_of_coins_is_422_and_changes_nothing(web, vera, typed):
    set_limits(vera, daily=500, weekly=None)
    for headers in (HTMX, {}):
        response = web.post(PAGE, {"daily": typed, "weekly": "100"}, headers=headers)
        assert response.status_code == 422
        assert "Type a whole number from 1 to 100,000,000, or leave it empty" in response.text
    assert limits_of(vera) == Limits(500, None)


def test_refused_tap_says_the_limit_and_leads_to_the_page_not_to_recharge(web, vera, live):
    set_limits(vera, daily=500, weekly=None)
    fields = {"gift": "supernova", "quantity": 1, "price": 10_000, "tap_id": uuid4()}
    for headers in (HTMX, {}):
        response = web.post(f"/live/{live.pk}/tap/", fields, headers=headers)
        assert response.status_code == 409
        assert "Your own limit for today is 500 coins ($5.00)." in response.text
        assert f'<a class="button small" href="{PAGE}">Your limits</a>' in response.text
    assert coin_balance(vera) == 5_000
    assert 'href="/wallet/limits/"' in web.get("/wallet/").text


def test_page_takes_as_many_queries_as_it_says(web, vera, django_assert_num_queries):
    set_limits(vera, daily=500, weekly=None)
    set_limits(vera, daily=600, weekly=None)
    # log-in, user; limits, what waits, what was given; rates; coins, notices
    with django_assert_num_queries(7):
        web.get(PAGE)


def test_recharge_for_a_gift_that_the_limit_forbids_says_so_and_offers_no_package_for_it(web, vera, live):
    set_limits(vera, daily=6_000, weekly=None)
    had = coin_balance(vera)
    errand = {"for": had + 5_000, "what": "supernova", "next": f"/live/{live.pk}/?gift=supernova#tray"}

    over = web.get("/wallet/recharge/", errand).text
    within = web.get("/wallet/recharge/", {**errand, "for": had + 1_000, "what": "drama-queen"}).text

    assert "Your own limit for today is 6,000 coins ($60.00)." in over
    assert "More coins can’t help with Supernova before then." in over
    assert "Covers Supernova" not in over
    assert "are needed" not in over
    assert re.findall(r'value="(coins-\d+)" [^>]*checked', over) == ["coins-100"]
    assert re.findall(r'value="(coins-\d+)" [^>]*checked', within) == ["coins-1000"]
    assert "<strong>1,000 more ($10.00)</strong> are needed for Drama Queen." in within
    assert "Covers Drama Queen" in within
