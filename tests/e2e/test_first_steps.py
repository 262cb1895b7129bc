"""The whole way on a phone, each step at its usual place: a recharge, a gift, the end of the live, a withdrawal."""

import re

from playwright.sync_api import expect

from live.models import GiftTap
from payouts.diamonds import diamond_balance
from tests.e2e.rooms import PHONE
from tests.e2e.visitors import log_in, sign_in, sign_out
from tests.factories import make_payout_account, tap
from wallet.coins import coin_balance


def stand_at(page, locator, *, right, top=False):
    """Assert that a control is at the right edge, and in the upper or the lower fifth of the phone."""
    # A control is there before its style sheets are.
    expect(locator).to_be_visible()
    page.wait_for_load_state()
    box, phone = locator.bounding_box(), page.viewport_size
    assert box["x"] + box["width"] > phone["width"] - right, box
    assert box["y"] + box["height"] < phone["height"] / 5 if top else box["y"] > phone["height"] * 4 / 5, box


def open_balance(page):
    """Go to Balance as a person does: the person at the bottom right, the three dots at the top right, Balance."""
    person = page.get_by_role("navigation", name="Main").get_by_role("link", name="Profile")
    stand_at(page, person, right=1)
    person.click()
    page.wait_for_url("**/me/")
    dots = page.get_by_label("More: balance, notices, your account")
    stand_at(page, dots, right=40, top=True)
    dots.click()
    page.get_by_role("main").get_by_role("link", name="Balance", exact=True).click()
    expect(page.get_by_role("heading", name="Balance", level=1)).to_be_visible()


def test_from_the_person_at_the_bottom_right_to_dollars_on_their_way(open_page, cleo, live, vera):
    page = open_page(**PHONE)

    # 1 to 3: the person, the three dots, Balance.
    log_in(page, vera, then="/")
    open_balance(page)
    expect(page.locator("#coin-balance")).to_have_attribute("value", "20000")

    # 4: a package and a way to pay; the coins are there at once.
    page.get_by_role("link", name="Recharge", exact=True).first.click()
    page.get_by_role("radio", name="1,000 coins for").check(force=True)
    expect(page.locator(".tabs")).to_have_count(0)
    page.get_by_role("button", name="Pay $10.00").click()
    expect(page.get_by_role("heading", name="Payment", exact=True)).to_be_visible()
    expect(page.locator(".tabs")).to_have_count(0)
    page.get_by_role("button", name="Pay $10.00").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    assert coin_balance(vera) == 21_000

    # 5: the gift at the bottom right of a live.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Live", exact=True).click()
    page.locator(f'[data-live-session="{live.pk}"]').click()
    gift = page.get_by_role("button", name="Send a gift", exact=True)
    expect(page.locator(".tabs")).to_have_count(0)
    stand_at(page, gift, right=20)
    gift.click()
    page.locator('.offer[data-gift="panda"] summary').click()
    page.get_by_role("button", name=re.compile("^Send Panda")).click()
    expect(page.locator("#coin-balance")).to_have_attribute("value", "20995")
    expect(page.locator("#session-points")).to_have_attribute("value", "5")
    tap(vera, live, gift_slug="drama-queen", quantity=4)
    sign_out(page)

    # 6: the creator ends the live, reads what came in, and thanks.
    sign_in(page, cleo.user, ago=0)
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Your live").click()
    page.get_by_role("button", name="End the live").click()
    page.get_by_role("button", name="End it now").click()
    expect(page.locator(".one-number .big")).to_have_text("$100.02")
    page.locator("#gifters").get_by_role("button", name="Thank Vera").first.click()
    expect(page.get_by_text("1 person has your thanks.")).to_be_visible()
    assert (GiftTap.objects.count(), diamond_balance(cleo.user)) == (2, 20_005)

    # 7: Balance, Live Gifts, the dollars available, Withdraw.
    make_payout_account(cleo.user)
    open_balance(page)
    page.get_by_role("main").get_by_role("link", name=re.compile("Live Gifts")).click()
    expect(page.locator("#available-usd")).to_have_attribute("value", "100.02")
    page.get_by_role("link", name="Withdraw", exact=True).click()
    page.get_by_label("Amount in dollars").fill("100.00")
    page.get_by_role("button", name="Review", exact=True).click()
    page.get_by_role("button", name="Withdraw $100.00", exact=True).click()
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    assert (cleo.user.withdrawals.get().cents, diamond_balance(cleo.user)) == (100_00, 5)
