"""The page of a viewer's own limits, and the words of a tap that they refuse."""

import re
from uuid import uuid4

import pytest

from live.gifts.limits import Limits, limits_of, set_limits
from tests.htmx import HTMX
from tests.live.gifts.limits.spending import DAY, TUESDAY, spend
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db
PAGE = "/wallet/limits/"


@pytest.fixture
def web(client, vera):
    client.force_login(vera)
    return client


def test_page_shows_what_is_left_what_waits_and_when(web, vera, live):
    page = web.get(PAGE)

    assert "0 coins" in page.text

    answer = web.post(PAGE, {"daily": "500", "weekly": " 2,000 "})

    assert answer["Location"] == PAGE

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
    page = web.get(PAGE)

    assert "25 November 2026, 00:00 UTC</time> (09:00 for you)" in page.text

    answer = web.post(f"{PAGE}call-off/")

    assert answer["Location"] == PAGE

    page = web.get(PAGE)

    assert "Called off. Your limits stay as they are." in page.text

    answer = web.post(f"{PAGE}call-off/", headers=HTMX)

    assert "Nothing was waiting." in answer.text
    assert limits_of(vera, TUESDAY + 2 * DAY) == Limits(500, 1_000)


def test_what_is_said_after_saving_is_what_happened(web, vera):
    answer = web.post(PAGE, {"daily": "500", "weekly": "2000"}, headers=HTMX)

    assert "Saved. It counts from now on." in answer.text

    web.cookies["tz"] = "Asia/Tokyo"
    looser = web.post(PAGE, {"daily": "600", "weekly": "2000"}, headers=HTMX).text
    moment = "Wednesday 25 November at 12:00 UTC (21:00 for you)"
    assert f"Saved. It counts from {moment}; until then your limits stay as they are." in looser
    assert "stricter" not in looser

    answer = web.post(PAGE, {"daily": "400", "weekly": "2000"}, headers=HTMX)

    assert "Saved. It counts from now on." in answer.text


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

    page = web.get("/wallet/")

    assert 'href="/wallet/limits/"' in page.text


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
