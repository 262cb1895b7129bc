"""The creator's money in a browser: withdraw, cancel, returned, refused; and a stolen cookie is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from payouts.diamonds import diamond_balance
from payouts.models import Quote
from payouts.withdrawals.sending import send_withdrawals
from tests.e2e.visitors import sign_in
from tests.factories import PASSWORD, make_payout_account
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db(transaction=True)

FIVE_MINUTES_AND_A_BIT = 310


@pytest.fixture
def cleo(live_server):
    cleo = make_earner(60_000)
    make_payout_account(cleo, receiver="cleo@example.com")
    return cleo


def send(*seconds):
    """Run a round of the worker at `seconds` from now."""
    for later in seconds:
        send_withdrawals(now=timezone.now() + timedelta(seconds=later))


def review(page, amount):
    page.goto("/payouts/withdraw/")
    page.get_by_label("Amount in dollars").fill(amount)
    page.get_by_role("button", name="Review", exact=True).click()


def show_that_it_is_you(page):
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def test_withdraw_look_at_each_step_and_cancel(phone, cleo, look):
    sign_in(phone, cleo, ago=0)
    phone.goto("/payouts/")
    look(phone)
    phone.get_by_role("link", name="Withdraw", exact=True).click()
    phone.get_by_role("link", name="All that can go: $300.00").click()
    expect(phone.get_by_label("Amount in dollars")).to_have_value("300.00")
    phone.get_by_role("link", name="$250.00").click()
    look(phone)
    phone.get_by_role("button", name="Review", exact=True).click()

    expect(phone.get_by_role("heading", name="Withdraw $250.00")).to_be_focused()
    look(phone)
    phone.get_by_role("button", name="Withdraw $250.00", exact=True).click()

    expect(phone.get_by_role("heading", name="Where it is")).to_be_visible()
    withdrawal = cleo.withdrawals.get()
    expect(phone.locator("#reference")).to_have_text(str(withdrawal.id))
    assert phone.url.endswith(f"/payouts/{withdrawal.id}/")
    assert diamond_balance(cleo) == 10_000
    look(phone)
    phone.get_by_role("button", name="Cancel this withdrawal").click()
    expect(phone.locator("#tracker")).to_contain_text(
        "It was cancelled before it was sent. Your 50,000 diamonds are back"
    )
    assert diamond_balance(cleo) == 60_000


def test_what_is_returned_shows_by_itself_with_its_reason(desktop, cleo, look):
    withdrawal = withdraw(cleo, 120_00, receiver="returned@example.com")
    sign_in(desktop, cleo)
    desktop.goto(f"/payouts/{withdrawal.id}/")
    tracker = desktop.locator("#tracker")
    expect(tracker).to_contain_text("Ovation has it, and sends it to PayPal within a minute or so.")
    send(0, 60)

    expect(tracker).to_contain_text("It came back from PayPal. Your 24,000 diamonds are back")
    expect(tracker).to_contain_text("No such account.")
    expect(desktop.locator("#withdrawal-status")).to_have_attribute("value", "returned")
    look(desktop)
    assert diamond_balance(cleo) == 60_000


def test_what_nobody_claims_is_called_back(desktop, cleo):
    withdrawal = withdraw(cleo, 120_00, receiver="unclaimed@example.com")
    send(0, 60)
    sign_in(desktop, cleo)
    desktop.goto(f"/payouts/{withdrawal.id}/")
    expect(desktop.locator("#tracker")).to_contain_text("nobody has claimed it yet")
    desktop.get_by_role("button", name="Call it back").click()

    expect(desktop.locator("#withdrawal-status")).to_have_attribute("value", "returned")
    assert diamond_balance(cleo) == 60_000


def test_each_rule_that_says_no_says_it_in_words_and_nothing_is_withdrawn(desktop, cleo, look):
    sign_in(desktop, cleo, ago=0)
    notice = desktop.get_by_role("alert")
    for amount, words in (
        ("99.99", "The least you can withdraw at once is $100.00."),
        ("1000000", "$300.00 is available: 60,000 diamonds at $0.005 each, the rate since 1 January 2025."),
        (
            "300.01",
            "$300.00 is available: 60,000 diamonds at $0.005 each, the rate since 1 January 2025. This withdrawal",
        ),
    ):
        review(desktop, amount)
        expect(notice).to_contain_text(words)
        expect(desktop.get_by_label("Amount in dollars")).to_have_value(amount)

    review(desktop, "100.00")
    button = desktop.get_by_role("button", name="Withdraw $100.00", exact=True)
    expect(button).to_be_visible()
    Quote.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    button.click()
    expect(notice).to_contain_text("This quote has expired: it held until")
    expect(desktop.get_by_label("Amount in dollars")).to_have_value("100.00")

    make_payout_account(cleo, receiver="new@example.com", usable_at=timezone.now() + timedelta(hours=72))
    desktop.goto("/payouts/withdraw/")
    new = desktop.get_by_role("radio", name="n•••@example.com")
    expect(new).to_be_disabled()
    look(desktop)
    new.evaluate("radio => radio.disabled = false")
    new.check(force=True)
    desktop.get_by_role("button", name="Review", exact=True).click()
    expect(notice).to_contain_text("This payout account is new: it can be used from")
    assert not cleo.withdrawals.exists()


def test_a_stolen_cookie_neither_withdraws_nor_changes_where_the_money_goes(desktop, cleo):
    account = cleo.payout_accounts.get()
    sign_in(desktop, cleo, ago=FIVE_MINUTES_AND_A_BIT)
    is_it_you = desktop.get_by_role("heading", name="Is it you?")

    review(desktop, "100.00")
    expect(is_it_you).to_be_visible()
    desktop.goto("/payouts/accounts/")
    desktop.get_by_label("Service").select_option("paypal")
    desktop.get_by_label("Country").select_option("PT")
    desktop.get_by_label("E-mail address, IBAN or phone number").fill("mallory@example.com")
    desktop.get_by_role("button", name="Add the account").click()
    expect(is_it_you).to_be_visible()
    desktop.goto("/payouts/accounts/")
    desktop.get_by_role("button", name="Remove PayPal").click()
    expect(is_it_you).to_be_visible()
    desktop.get_by_label("Password").fill("a guess")
    desktop.get_by_role("button", name="Continue").click()
    expect(is_it_you).to_be_visible()

    assert not cleo.withdrawals.exists() and not cleo.quotes.exists()
    assert cleo.payout_accounts.filter(removed_at=None).get() == account
    assert diamond_balance(cleo) == 60_000


def test_by_keyboard_after_showing_who_one_is(desktop, cleo):
    sign_in(desktop, cleo, ago=FIVE_MINUTES_AND_A_BIT)
    desktop.goto("/payouts/withdraw/")
    expect(desktop.get_by_text("First we ask you to show that it is you")).to_be_visible()
    amount = desktop.get_by_label("Amount in dollars")
    amount.fill("150.00")
    amount.press("Enter")
    show_that_it_is_you(desktop)
    expect(desktop.get_by_role("status").filter(has_text="now we know that it is you")).to_be_visible()
    expect(amount).to_have_value("150.00")
    amount.press("Enter")
    expect(desktop.get_by_role("heading", name="Withdraw $150.00")).to_be_focused()
    # The page focuses the heading again after it has loaded.
    expect(desktop.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("button", name="Withdraw $150.00")).to_be_focused()
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_role("heading", name="$150.00 to PayPal")).to_be_focused()
    assert cleo.withdrawals.get().cents == 150_00


def test_back_after_showing_who_one_is_leads_to_the_withdrawal_or_to_true_words(desktop, cleo):
    page = desktop
    sign_in(page, cleo, ago=FIVE_MINUTES_AND_A_BIT)
    review(page, "300.00")
    show_that_it_is_you(page)
    page.get_by_role("button", name="Review", exact=True).click()
    page.get_by_role("button", name="Withdraw $300.00", exact=True).click()
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    place = f"/payouts/{cleo.withdrawals.get().id}/"

    # Back over the review, the page after the sign-in, and the form: none denies the withdrawal or asks for another.
    for _ in range(3):
        page.go_back()
        if page.get_by_role("heading", name="Is it you?").is_visible():
            break
        main = page.get_by_role("main")
        expect(main.locator(f'a[href="{place}"]').or_(main.get_by_role("heading", name="Where it is"))).to_be_visible()
        expect(main).not_to_contain_text("Thank you")
        expect(main).not_to_contain_text("othing was withdrawn")

    assert cleo.withdrawals.count() == 1 and diamond_balance(cleo) == 0


def test_a_confirmation_whose_reply_is_lost_leads_to_the_withdrawal_later(new_context, live_url, cleo):
    # htmx writes a missing reply to the console, which `open_page` counts as a fault.
    page = new_context(base_url=live_url).new_page()
    sign_in(page, cleo, ago=0)
    review(page, "150.00")
    button = page.get_by_role("button", name="Withdraw $150.00", exact=True)
    expect(button).to_be_visible()
    page.route("**/payouts/withdraw/confirm/", lambda route: (route.fetch(), route.abort()))
    button.click()
    expect(page.get_by_text("No answer yet. Try it again in a moment")).to_be_visible()
    withdrawal = cleo.withdrawals.get()
    page.unroute("**/payouts/withdraw/confirm/")
    sign_in(page, cleo, ago=FIVE_MINUTES_AND_A_BIT)

    button.click()

    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    assert page.url.endswith(f"/payouts/{withdrawal.id}/")
    assert cleo.withdrawals.get() == withdrawal and diamond_balance(cleo) == 30_000


def test_a_page_from_the_browsers_memory_is_loaded_anew(desktop, cleo):
    sign_in(desktop, cleo, ago=0)
    desktop.goto("/payouts/withdraw/")
    expect(desktop.get_by_text("Your last withdrawal")).to_have_count(0)
    withdraw(cleo, 100_00)

    desktop.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    expect(desktop.get_by_role("heading", name="Your last withdrawal")).to_be_visible()


def test_without_javascript_an_account_is_added_and_dollars_are_withdrawn(open_page, cleo):
    page = open_page(390, 844, java_script_enabled=False)
    sign_in(page, cleo, ago=FIVE_MINUTES_AND_A_BIT)
    page.goto("/payouts/accounts/")
    page.get_by_label("Service").select_option("bank")
    page.get_by_label("Country").select_option("PT")
    page.get_by_label("E-mail address, IBAN or phone number").fill("pt50 0002 0123 1234 5678 9015 4")
    page.get_by_role("button", name="Add the account").click()
    show_that_it_is_you(page)
    row = page.locator("[data-payout-account]").filter(has_text="PT•• •••• 0154")
    expect(row).to_contain_text("Can be used from")

    review(page, "120.00")
    page.get_by_role("button", name="Withdraw $120.00", exact=True).click()
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    page.get_by_role("button", name="Cancel this withdrawal").click()
    expect(page.locator("#withdrawal-status")).to_have_attribute("value", "cancelled")


def test_the_pages_around_it_break_no_rule(desktop, cleo, look):
    withdraw(cleo, 100_00)
    make_payout_account(cleo, receiver="+254712345678", service="mobile", country="KE")
    sign_in(desktop, cleo, ago=0)
    desktop.goto("/payouts/diamonds/")
    look(desktop)
    desktop.get_by_role("link", name="gifts from").click()
    expect(desktop.get_by_role("heading", name="Gift by gift")).to_be_visible()
    look(desktop)
    desktop.goto("/payouts/accounts/")
    desktop.get_by_label("Service").select_option("bank")
    expect(desktop.get_by_text("The IBAN of the bank account")).to_be_visible()
    expect(desktop.get_by_text("The e-mail address of the account")).to_be_hidden()
    desktop.get_by_role("button", name="Add the account").click()
    expect(desktop.get_by_text("Choose a country.", exact=True)).to_be_visible()
    look(desktop)
