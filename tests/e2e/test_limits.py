"""A viewer's own limits in a browser: typed in coins, shown in dollars, applied in the room."""

from playwright.sync_api import expect

from live.gifts.limits import Limits, limits_of
from people.text.numbers import whole_from
from tests.e2e.rooms import PHONE, choose, enter, tile
from tests.e2e.visitors import sign_in
from tests.people.test_numbers import RIGHT, WRONG
from wallet.coins import coin_balance


def test_limit_is_set_by_keyboard_with_its_dollars_in_sight_and_the_room_keeps_to_it(open_page, live, vera, look):
    page = open_page(**PHONE)
    sign_in(page, vera)
    page.goto("/wallet/limits/")
    look(page)
    daily, weekly = page.get_by_label("Coins a day"), page.get_by_label("Coins a week")
    daily.focus()
    page.keyboard.type("10")
    expect(page.locator("output[for=id_daily]")).to_have_text("$0.10 a day")
    page.keyboard.press("Tab")
    page.keyboard.type("1,000")
    expect(page.locator("output[for=id_weekly]")).to_have_text("$10.00 a week")
    weekly.fill("ten")
    expect(page.locator("output[for=id_weekly]")).to_be_empty()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Type a whole number from 1 to 100,000,000")).to_be_visible()
    expect(page.locator("output[for=id_daily]")).to_have_text("$0.10 a day")
    look(page)
    assert limits_of(vera) == Limits()

    weekly.fill("1,000")
    weekly.press("Enter")
    expect(page.get_by_text("Saved. It counts from now on.")).to_be_visible()
    daily.fill("20")
    daily.press("Enter")
    expect(page.get_by_role("heading", name="Waiting to begin")).to_be_visible()
    look(page)
    assert limits_of(vera) == Limits(10, 1_000)

    enter(page, live)
    choose(page, "clover")
    tile(page, "clover").click()
    notice = page.get_by_role("alert").filter(has_text="Your own limit for today is 10 coins ($0.10).")
    expect(notice.get_by_role("link", name="Your limits")).to_be_visible()
    # The message doesn't cover its gift.
    art = page.locator('.offer[data-gift="clover"] img').first.bounding_box()
    assert art["y"] + art["height"] <= notice.bounding_box()["y"]
    assert coin_balance(vera) == 20_000


def test_page_reads_numbers_as_the_server_does(open_page, vera):
    page = open_page(**PHONE)
    sign_in(page, vera)
    page.goto("/wallet/limits/")
    daily, dollars = page.get_by_label("Coins a day"), page.locator("output[for=id_daily]")
    read = {}

    for text in [*RIGHT, *(text for text in WRONG if "\x00" not in text and len(text) <= 30)]:
        daily.fill(text)
        read[text] = dollars.inner_text() != ""

    assert read == {text: bool(whole_from(text)) for text in read}


def test_without_javascript_a_limit_is_set_and_its_dollars_are_said(open_page, vera):
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, vera)
    page.goto("/wallet/limits/")
    page.get_by_label("Coins a day").fill("2500")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It counts from now on.")).to_be_visible()
    expect(page.locator("output[for=id_daily]")).to_have_text("$25.00 a day")
    assert limits_of(vera) == Limits(2_500, None)
