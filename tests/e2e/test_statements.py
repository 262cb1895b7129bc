"""Statements and receipts: by eye on a phone and a desktop, in light and dark, and on paper."""

from playwright.sync_api import expect

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
    look(desktop)
    desktop.get_by_role("region", name="By month").get_by_role("link").click()
    look(desktop)
    desktop.goto(f"/payouts/{withdrawal.id}/")
    desktop.get_by_role("link", name="Receipt").click()
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
