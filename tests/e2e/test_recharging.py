"""Recharging in Chromium: with a script, and without one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.visitors import sign_in
from tests.factories import make_user
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_button_names_the_price_and_the_coins_arrive(phone, look):
    vera = make_user(declared=False)
    sign_in(phone, vera)

    phone.goto("/wallet/")
    look(phone)
    order = phone.locator("#order output")
    expect(order).to_have_text("100 coins · $1.00 Card · you will have 100")
    phone.get_by_role("radio", name="2,500 coins for").check(force=True)
    phone.get_by_role("radio", name="PayPal").check()
    expect(order).to_have_text("2,500 coins · $25.00 PayPal · you will have 2,500")
    phone.get_by_role("radio", name="Card", exact=False).first.check()
    phone.get_by_role("checkbox", name="I am 18 or older.").check()
    phone.get_by_role("button", name="Pay $25.00").click()
    expect(phone.get_by_role("heading", name="Payment", exact=True)).to_be_visible()
    look(phone)
    phone.get_by_role("button", name="Pay $25.00").click()

    expect(phone.get_by_role("heading", name="Receipt")).to_be_visible()
    expect(phone.locator("#coin-pill")).to_contain_text("2,500")
    look(phone)
    assert coin_balance(vera) == 2_500


def test_without_a_script_the_button_names_no_wrong_price(open_page):
    page = open_page(390, 844, java_script_enabled=False)
    vera = make_user(declared=False)
    sign_in(page, vera)

    page.goto("/wallet/recharge/?for=700&what=skyline&next=/wallet/history/")
    page.get_by_role("radio", name="500 coins for", exact=False).nth(0).check(force=True)
    expect(page.locator("#order")).to_be_hidden()
    page.get_by_role("checkbox", name="I am 18 or older.").check()
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_text("You will have 500 coins.")).to_be_visible()
    page.get_by_role("button", name="Pay $5.00").click()
    page.get_by_role("link", name="Continue").click()

    expect(page.get_by_text("Recharge by card")).to_be_visible()
    assert coin_balance(vera) == 500


def test_price_of_the_exact_amount_follows_what_is_typed(phone):
    vera = make_user()
    sign_in(phone, vera)

    phone.goto("/wallet/recharge/")
    phone.get_by_role("textbox", name="coins").fill("1,234")
    expect(phone.get_by_role("radio", name="The exact amount")).to_be_checked()
    expect(phone.locator("#order output")).to_have_text("1,234 coins · $12.34 Card · you will have 1,234")
    phone.get_by_role("textbox", name="coins").fill("99")
    expect(phone.locator("[data-exact-price]")).to_have_text("–")
    expect(phone.get_by_role("button", name="Continue to payment")).to_be_visible()
    phone.get_by_role("textbox", name="coins").fill("x")
    expect(phone.get_by_role("button", name="Continue to payment")).to_be_visible()
    expect(phone.locator("#order")).to_be_hidden()
    phone.get_by_role("button", name="Continue to payment").click()
    expect(phone.get_by_text("Type a whole number from 100 to 10,000.")).to_be_visible()
    phone.get_by_role("textbox", name="coins").fill("1234")
    phone.get_by_role("button", name="Pay $12.34").click()
    phone.get_by_role("button", name="Pay $12.34").click()

    expect(phone.get_by_role("heading", name="Receipt")).to_be_visible()
    assert coin_balance(vera) == 1_234
