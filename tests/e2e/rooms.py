"""Steps in a room, and checks of its state."""

import time

from playwright.sync_api import expect

from tests.e2e.visitors import sign_in

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
DESKTOP = {"width": 1280, "height": 860}


def enter(page, live, user=None):
    """Open the room with its tray."""
    if user:
        sign_in(page, user)
    page.goto(f"/live/{live.pk}/")
    button = page.get_by_role("button", name="Send a gift", exact=True)
    if button.is_visible():
        button.click()


def tile(page, slug):
    return page.locator(f'.offer[data-gift="{slug}"] summary')


def choose(page, slug):
    tile(page, slug).click()
    expect(page.locator(f'.offer[data-gift="{slug}"] .combo')).to_be_visible()


def balance(page, coins):
    expect(page.locator("#coin-balance")).to_have_attribute("value", str(coins))


def points(page, number):
    expect(page.locator("#session-points")).to_have_attribute("value", str(number))


def eventually(check, seconds=30):
    """Poll until the condition holds. A Playwright route is answered only while a page is waited for."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.05)
