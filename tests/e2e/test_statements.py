"""Statements, receipts, pages that follow the money: by eye on a phone and a desktop, in light and dark, on paper."""

import re

from playwright.sync_api import expect

from live.models import GiftTap
from tests.e2e.visitors import sign_in
from tests.payouts.earning import earn, make_earner, withdraw


def test_statements_and_receipts_break_no_accessibility_rule(desktop, look):
    cleo = make_earner(60_000)
    earn(cleo.creator, 12_345)
    withdrawal = withdraw(cleo)
    sign_in(desktop, cleo)
    desktop.goto("/payouts/statements/")
    look(desktop)
    desktop.get_by_role("link", name="The whole year").click()
    expect(desktop.get_by_role("region", name="By month")).to_be_visible()
    look(desktop)
    desktop.get_by_role("region", name="By month").get_by_role("link").click()
    expect(desktop.get_by_role("region", name="By month")).to_have_count(0)
    expect(desktop.get_by_role("heading", name="How to read it")).to_be_visible()
    look(desktop)
    desktop.goto(f"/payouts/{withdrawal.id}/")
    desktop.get_by_role("link", name="Receipt").click()
    expect(desktop).to_have_url(re.compile("/receipt/$"))
    look(desktop)
    desktop.goto(f"/payouts/{withdrawal.id}/")
    desktop.get_by_role("link", name="Follow the money").click()
    expect(desktop.get_by_role("heading", name="1 live")).to_be_visible()
    look(desktop)
    desktop.get_by_role("link", name="Friday strings").click()
    expect(desktop.get_by_role("heading", name="Gift by gift")).to_be_visible()
    look(desktop)


def test_a_viewer_follows_their_money_from_the_balance_to_the_gift_and_back_without_scripts(open_page):
    earn(make_earner(0, name="Cleo").creator, 500)
    vera = GiftTap.objects.get().viewer
    page = open_page(390, 844, java_script_enabled=False)
    sign_in(page, vera)
    page.goto("/wallet/")
    page.get_by_role("link", name="Your purchases").click()
    page.get_by_role("link", name="500 coins for $5.00").click()
    expect(page.get_by_role("heading", name="Where they went")).to_be_visible()
    page.get_by_role("link", name="Friday strings").click()
    page.get_by_role("link", name="Spotlight").click()
    expect(page.get_by_text("They became 500 diamonds of Cleo")).to_be_visible()
    page.get_by_role("link", name="500 coins for $5.00").click()
    expect(page.get_by_text("Unspent, in your balance")).to_be_visible()


def test_pages_that_follow_a_viewers_money_break_no_accessibility_rule(desktop, look):
    earn(make_earner(0, name="Cleo").creator, 505)
    tap = GiftTap.objects.latest("id")
    sign_in(desktop, tap.viewer)
    recharge = f"/wallet/recharge/{tap.viewer.recharges.get().pk}/money/"
    for address in (
        "/wallet/purchases/",
        recharge,
        f"{recharge}{tap.session_id}/",
        f"/live/receipts/{tap.tap_id}/money/",
    ):
        desktop.goto(address)
        expect(desktop.get_by_role("heading", level=1)).to_be_visible()
        look(desktop)


def test_a_statement_on_paper_is_dark_on_white_without_buttons_and_nothing_is_cut_off(desktop):
    cleo = make_earner(60_000)
    sign_in(desktop, cleo)
    desktop.goto("/payouts/statements/")
    desktop.get_by_role("link", name="The whole year").click()
    heading = desktop.get_by_text("Ovation’s statement for Cleo")
    expect(heading).to_be_attached()
    expect(heading).to_be_hidden()
    desktop.emulate_media(media="print", color_scheme="dark")
    # A4 without its margins.
    desktop.set_viewport_size({"width": 690, "height": 1000})

    expect(heading).to_be_visible()
    expect(desktop.get_by_role("link", name="As CSV")).to_be_hidden()
    expect(desktop.get_by_role("navigation")).to_have_count(0)
    colours = desktop.evaluate("[getComputedStyle(document.querySelector('td')).color,"
                               " getComputedStyle(document.body).backgroundColor]")  # fmt: skip
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert desktop.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)")
