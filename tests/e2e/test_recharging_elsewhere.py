"""Recharging in Chromium at a provider's own site: there and back, with a script and without one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.visitors import sign_in
from tests.factories import make_user
from tests.wallet.stripe.buying import ask, tell_and_ask
from tests.wallet.stripe.conftest import stripe_server, till  # noqa: F401
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db(transaction=True)


def test_coins_come_while_the_page_waits_for_the_providers_word(phone, look, till):  # noqa: F811
    vera = make_user()
    sign_in(phone, vera)

    phone.goto("/wallet/")
    phone.get_by_role("button", name="Pay $1.00").click()
    expect(phone.get_by_role("heading", name="$1.00")).to_be_visible()
    phone.get_by_role("button", name="back").click()
    expect(phone.get_by_role("link", name="Continue to payment")).to_be_visible()
    look(phone)
    phone.get_by_role("link", name="Continue to payment").click()
    phone.get_by_role("button", name="pay").click()
    expect(phone.get_by_text("If you have paid, this page will say so within a minute.")).to_be_visible()
    ask(40)

    expect(phone.get_by_role("heading", name="Receipt")).to_be_visible()
    look(phone)
    assert coin_balance(vera) == 100


def test_without_a_script_a_debit_is_on_its_way_and_arrives(open_page, till):  # noqa: F811
    page = open_page(390, 844, java_script_enabled=False)
    vera = make_user()
    sign_in(page, vera)

    page.goto("/wallet/recharge/?next=/wallet/history/")
    page.get_by_role("radio", name="Bank account").check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="bank").click()
    expect(page.get_by_role("heading", name="Payment", exact=True)).to_be_visible()
    session = till.session_of(vera.recharges.get().pk)
    tell_and_ask(till.events[0])
    page.reload()
    expect(page.get_by_text("On its way. You needn’t do anything.")).to_be_visible()
    tell_and_ask(till.bank_pays(session), seconds=60)
    page.reload()
    page.get_by_role("link", name="Continue", exact=True).click()

    expect(page.get_by_text("Recharge by bank account")).to_be_visible()
    assert coin_balance(vera) == 100
