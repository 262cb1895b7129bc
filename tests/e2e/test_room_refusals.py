"""A tap or comment that is refused, in a browser: the balance, the choice and the words stay."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from live.gifts.catalog import set_price
from live.models import Gift, GiftTap
from tests.e2e.rooms import DESKTOP, PHONE, balance, choose, enter, points, tile
from tests.e2e.visitors import log_in, sign_in, sign_out
from tests.factories import PASSWORD, make_user


@pytest.fixture
def vera(live_url):
    return make_user("Vera", coins=1_000)


def test_page_that_is_out_of_date_says_so_and_loaded_again_by_its_button_it_has_what_was_typed(open_page, live, vera):
    page = open_page(**DESKTOP)
    enter(page, live, vera)
    field = page.get_by_role("textbox", name="Comment")
    page.context.clear_cookies(name="csrftoken")
    field.fill("Bravo")
    field.press("Enter")
    line = page.locator("#comment-line")
    expect(line).to_contain_text("This page is out of date.")
    line.get_by_role("button", name="Load it again").click()
    expect(line).to_be_hidden()
    expect(field).to_have_value("Bravo")
    field.press("Enter")
    expect(page.locator("#comments .comment")).to_have_text(["Vera Bravo"])

    choose(page, "panda")
    page.context.clear_cookies(name="csrftoken")
    tile(page, "panda").click()
    notice = page.get_by_role("alert").filter(has_text="This page is out of date. Nothing was debited.")
    balance(page, 1_000)
    notice.get_by_role("button", name="Load it again").click()
    expect(notice).to_be_hidden()
    expect(field).to_have_value("")
    choose(page, "panda")
    # The page shows the press before the server has answered, so the row is counted after the answer.
    with page.expect_response("**/tap/"):
        tile(page, "panda").click()
    balance(page, 995)
    points(page, 5)
    assert GiftTap.objects.count() == 1


def test_comment_of_somebody_who_was_logged_out_is_in_its_field_after_the_log_in(open_page, live, vera):
    page = open_page(**PHONE)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/")
    sign_out(page)
    field = page.get_by_role("textbox", name="Comment")
    field.fill("Bravo")
    field.press("Enter")
    page.wait_for_url(re.compile("/accounts/login/"))
    log_in(page, vera, then=f"/live/{live.pk}/")
    expect(field).to_have_value("Bravo")
    field.press("Enter")
    expect(page.locator("#comments .comment")).to_have_text(["Vera Bravo"])


def test_refusal_puts_the_balance_back_and_says_what_is_missing(open_page, live, vera):
    page, other = open_page(**PHONE), open_page(**DESKTOP)
    enter(page, live, vera)
    enter(other, live, vera)
    for one in (page, other):
        choose(one, "spotlight")
    tile(page, "spotlight").click()
    tile(page, "spotlight").click()
    balance(page, 0)
    points(other, 1000)
    # The other tab still shows 1,000 coins; the server refuses the tap.
    balance(other, 1000)
    tile(other, "spotlight").click()
    notice = other.get_by_role("alert").filter(has_text="Spotlight costs 500 coins. You have 0")
    expect(notice).to_be_visible()
    points(other, 1000)
    expect(other.locator("#lanes .lane .times")).to_have_text("×2")
    href = notice.get_by_role("link", name="Get 500 coins for $5.00").get_attribute("href")
    assert href.startswith("/wallet/recharge/?for=500&what=spotlight&next=")
    assert GiftTap.objects.count() == 2


def test_way_back_from_recharge_opens_the_tray_with_the_gift_still_chosen(open_page, live, vera):
    page = open_page(**PHONE)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/?gift=panda#tray")
    button = page.get_by_role("button", name="Send Panda, 5 coins, $0.05")
    expect(button).to_be_visible()
    button.click()
    balance(page, 995)
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()


def test_gift_whose_price_has_changed_stays_in_sight_under_the_words_that_say_so(open_page, live, vera):
    page, owl = open_page(**PHONE), Gift.objects.get(slug="night-owl")
    enter(page, live, vera)
    choose(page, "night-owl")
    set_price(owl, 310, by=make_user("Otto"), reason="Dearer", starts_at=timezone.now())
    tile(page, "night-owl").click()
    expect(page.get_by_role("alert")).to_have_text("Night Owl costs 310 coins now, not 300. Nothing was debited.")

    chosen = tile(page, "night-owl").bounding_box()
    assert page.locator("#gifts").bounding_box()["y"] < chosen["y"] + 1
    assert chosen["y"] + chosen["height"] <= page.locator("#tap-result").bounding_box()["y"]
    balance(page, 1_000)


def test_gift_sent_with_a_session_that_has_expired_is_chosen_again_after_the_log_in(open_page, live, vera):
    page = open_page(**PHONE)
    enter(page, live, vera)
    choose(page, "panda")
    sign_out(page)
    tile(page, "panda").click()
    expect(page.get_by_text("After the log-in you read whether your gift was sent.")).to_be_visible()
    page.get_by_label("E-mail address").fill(vera.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()

    expect(page.locator('.offer[data-gift="panda"] .combo')).to_be_visible()
    expect(page.get_by_text("You were logged out, so nothing was sent just now.")).to_have_count(1)
    balance(page, 1_000)
    assert not GiftTap.objects.exists()


def missing(page, slug):
    return page.locator(f'.offer[data-gift="{slug}"]').locator("summary > .lack")


def height(page, slug):
    return tile(page, slug).evaluate("tile => tile.offsetHeight")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_gift_says_before_it_is_pressed_how_many_coins_are_missing(open_page, live, vera, axe, size):
    page = open_page(**size)
    enter(page, live, vera)
    expect(missing(page, "skyline")).to_be_hidden()
    expect(missing(page, "drama-queen")).to_have_text("4,000 more coins needed")
    heights = [height(page, slug) for slug in ("spark", "skyline")]

    # Each press lowers the balance, and with it what the others say.
    choose(page, "spark")
    tile(page, "spark").click()
    balance(page, 999)
    expect(missing(page, "skyline")).to_have_text("1 more coin needed")
    expect(missing(page, "drama-queen")).to_have_text("4,001 more coins needed")
    assert [height(page, slug) for slug in ("spark", "skyline")] == heights

    choose(page, "skyline")
    sentence = page.locator('.offer[data-gift="skyline"] .sending .lack')
    expect(sentence).to_contain_text("1 more coin needed ($0.01).")
    panel = page.locator('.offer[data-gift="skyline"] .sending')
    assert panel.evaluate("panel => panel.scrollHeight <= panel.clientHeight")
    axe(page)
    sentence.get_by_role("link", name="Get coins").click()
    expect(page.get_by_text("1 more ($0.01) is needed for Skyline")).to_be_visible()
