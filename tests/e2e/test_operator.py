"""Otto's main path in a browser: a price and what it does, a picture, a tick for a large change, the public page."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.visitors import log_in, sign_in
from tests.factories import make_session, make_user
from tests.live.gifts.drawn import svg
from tests.operator import make_operator

DISC = '<circle cx="4" cy="4" r="4" fill="crimson"/>'


def announce(page, slug, coins, reason):
    page.goto(f"/admin/live/gift/?q={slug}")
    page.locator("#result_list tbody a").first.click()
    page.get_by_label("Coins:").fill(str(coins))
    page.locator("#id_reason").fill(reason)
    page.get_by_role("button", name="Show what it does").click()
    expect(page.get_by_role("heading", name="What it does")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(390, 844), (1280, 860)])
def test_new_price_is_on_the_public_page_at_once(open_page, size, axe):
    page = open_page(*size)
    log_in(page, make_operator(), then="/admin/")
    announce(page, "panda", 6, "Dearer bamboo")
    expect(page.locator("#what-it-does")).to_contain_text("Its creator gets $0.03 instead of $0.025")
    page.get_by_role("button", name="Set 6 coins for Panda from now on").click()
    expect(page.locator(".messagelist")).to_contain_text("Panda costs 6 coins")
    page.goto("/economy/")
    panda = page.locator("#gifts").get_by_role("listitem").filter(has_text="Panda")
    expect(panda).to_contain_text("$0.06")
    expect(panda).to_contain_text("$0.03")
    axe(page)


def test_large_change_waits_for_a_tick_beside_the_numbers(desktop):
    sign_in(desktop, make_operator())
    announce(desktop, "panda", 50, "Tenfold")
    box = desktop.get_by_label(re.compile("Yes: from 5 coins to 50 coins"))
    expect(box).not_to_be_checked()
    box.check()
    desktop.get_by_role("button", name="Set 50 coins for Panda from now on").click()
    expect(desktop.locator(".messagelist")).to_contain_text("Panda costs 50 coins")


def test_picture_is_chosen_by_picture(desktop):
    sign_in(desktop, make_operator())
    desktop.goto("/admin/live/gift/?q=panda")
    desktop.locator("#result_list tbody a").first.click()
    desktop.get_by_text("Otter", exact=True).click()
    desktop.locator("#id_reason").fill("A friend of the panda")
    desktop.get_by_role("button", name="Show what it does").click()
    expect(desktop.locator("#what-it-does")).to_contain_text("Picture: panda → otter, at once.")
    desktop.get_by_role("button", name="Save these changes").click()
    expect(desktop.locator("#result_list img[src$='otter.svg']")).to_be_visible()


def test_uploaded_picture_is_seen_before_viewers_see_it(desktop, look, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = {
        "name": "cake.svg",
        "mimeType": "image/svg+xml",
        "buffer": svg("<script>document.title = 'run'</script>" + DISC),
    }
    sign_in(desktop, make_operator())
    desktop.goto("/admin/live/gift/?q=panda")
    desktop.locator("#result_list tbody a").first.click()
    desktop.get_by_label("Upload a picture:").set_input_files(upload)
    desktop.locator("#id_reason").fill("A cake")
    desktop.get_by_role("button", name="Show what it does").click()

    shown = desktop.locator("#what-it-does .looks img")
    expect(shown).to_have_count(10)
    expect(shown.first).to_be_in_viewport()
    assert shown.evaluate_all("all => all.every((one) => one.complete && one.naturalWidth === 96)")
    # Django's tables of rows below a form begin with a head without words.
    look(desktop, preload=False, rules={"empty-table-header": {"enabled": False}})

    desktop.get_by_role("button", name="Save these changes").click()
    picture = desktop.locator("#result_list img[src^='/gifts/']")
    expect(picture).to_be_visible()
    desktop.goto(picture.get_attribute("src"))
    expect(desktop.locator("circle")).to_be_visible()
    assert desktop.locator("script").count() == 0


def test_operator_s_pages_fit_and_break_no_rule(desktop, look):
    make_session()
    make_user("Vera", coins=100)
    sign_in(desktop, make_operator())
    for address in (
        "",
        "live/gift/",
        "live/livesession/",
        "wallet/transfer/",
        "wallet/transfer/check/",
        "people/user/",
    ):
        desktop.goto(f"/admin/{address}")
        # Without preloading: axe would load an `@import` of Django as inline style, which our CSP refuses.
        look(desktop, preload=False)


def test_typing_a_number_of_coins_shows_where_they_go(phone, axe):
    phone.goto("/economy/")
    phone.get_by_label("Coins", exact=True).fill("5000")
    where = phone.locator("#where-coins-go")
    expect(where).to_contain_text("$25.00")
    phone.get_by_label("Coins", exact=True).fill("0")
    expect(where).to_contain_text("Type a whole number from 1 to 1,000,000.")
    axe(phone)


def test_without_javascript_the_form_is_a_form(open_page):
    page = open_page(390, 844, java_script_enabled=False)
    page.goto("/economy/")
    page.get_by_label("Coins", exact=True).fill("5000")
    page.get_by_role("button", name="Show where they go").click()
    expect(page.locator("#where-coins-go")).to_contain_text("$25.00")


@pytest.mark.parametrize("size", [(390, 844), (800, 900)])
def test_search_of_a_list_is_wide_and_its_count_is_one_line(open_page, size):
    make_user("Vera", coins=100)
    page = open_page(*size)
    sign_in(page, make_operator())
    page.goto("/admin/wallet/transfer/")
    form = page.locator("#changelist-search")

    field, count = page.locator("#searchbar").bounding_box(), form.get_by_text(" found (").bounding_box()
    filters = form.get_by_role("link", name="Filters")

    assert field["width"] > 200
    assert count["y"] >= field["y"] + field["height"]
    assert count["height"] < 24
    assert filters.is_visible() is (size[0] < 768)


def test_find_in_the_header_has_room_around_its_word(desktop):
    sign_in(desktop, make_operator())
    desktop.goto("/admin/wallet/account/")
    button = desktop.get_by_role("button", name="Find")

    word = button.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().width }"
    )

    assert button.bounding_box()["width"] - word >= 30
