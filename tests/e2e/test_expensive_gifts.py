"""Expensive gifts in a browser: confirmed once, delayed for five seconds, then sent or undone."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from live.models import GiftTap
from live.sessions.sessions import end_session
from tests.e2e.rooms import DESKTOP, PHONE, balance, choose, enter, eventually, points, tile
from tests.e2e.visitors import sign_in, stop_clock
from tests.factories import make_user
from wallet.coins import coin_balance

# As static/js/delay.js has them.
HELD_MS, WAKE_MS = 5_000, 400


@pytest.fixture
def vera(live_url):
    return make_user("Vera", coins=12_000)


def want(page, slug):
    if not page.locator(f'.offer[data-gift="{slug}"] .combo').is_visible():
        choose(page, slug)
    tile(page, slug).click()


def say_yes(page, *, calm=False):
    """Confirm the gift. The page's clock stands still, and the button ignores clicks at first.

    The dialog comes with a script that is still loading: time that passes before it opens doesn't enable the button.
    """
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.clock.run_for(WAKE_MS)
    if calm:
        dialog.get_by_label("Don’t ask again in this live").check()
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog).to_be_hidden()


def test_asked_with_coins_and_dollars_then_held_then_sent_and_everybody_sees_it_on_the_stage(
    open_page, live, vera, axe
):
    page, other = open_page(**PHONE), open_page(**DESKTOP)
    enter(page, live, vera)
    enter(other, live)
    want(page, "drama-queen")
    dialog = page.get_by_role("dialog", name="Send Drama Queen for 5,000 coins ($50.00)?")
    expect(dialog).to_contain_text("Cleo gets $25.00, Ovation keeps $25.00. You can undo it for 5 seconds.")
    expect(dialog.get_by_role("button", name="Keep my coins")).to_be_focused()
    # With a row that stays, because a real one is gone before all rules are looked at.
    page.evaluate("delayed.append(document.getElementById('delayed-row').content.cloneNode(true))")
    axe(page)
    page.evaluate("delayed.replaceChildren()")
    dialog.get_by_role("button", name="Keep my coins").click()
    balance(page, 12_000)
    expect(page.locator("#delayed li")).to_have_count(0)

    stop_clock(page)
    want(page, "drama-queen")
    say_yes(page, calm=True)
    # The second gift needs no question: it joins the first.
    want(page, "drama-queen")
    delayed = page.get_by_role("list", name="Not sent yet")
    expect(delayed).to_contain_text("Drama Queen ×2")
    expect(delayed).to_contain_text("10,000 coins · $100.00 · sent in")
    balance(page, 2_000)
    # Undo stays in sight when the tray is closed.
    page.get_by_role("link", name="Close the tray").click()
    expect(delayed.get_by_role("button", name="Undo Drama Queen ×2, 10,000 coins, $100.00")).to_be_in_viewport(ratio=1)
    assert GiftTap.objects.count() == 0
    points(other, 0)
    page.clock.run_for(HELD_MS - 200)
    expect(delayed).to_contain_text("sent in 1 s")
    assert GiftTap.objects.count() == 0

    page.clock.run_for(400)
    page.clock.resume()
    expect(other.locator(".moment")).to_have_text("Verasent Drama Queen×2")
    points(other, 10_000)
    expect(delayed).to_be_hidden()
    balance(page, 2_000)
    expect(page.locator("#given")).to_have_text("10,000 coins · $100.00")
    assert list(GiftTap.objects.values_list("quantity", "coins")) == [(1, 5_000), (1, 5_000)]
    assert coin_balance(vera) == 2_000
    expect(other.locator(".moment")).to_have_count(0, timeout=10_000)

    # Too few coins: the refusal comes before the question, and no gift is delayed.
    page.get_by_role("button", name="Send a gift", exact=True).click()
    want(page, "drama-queen")
    notice = page.get_by_role("alert").filter(has_text="Drama Queen costs 5,000 coins. You have 2,000, so 3,000 more")
    expect(notice.get_by_role("link", name="Get 5,000 coins for $50.00")).to_be_visible()
    expect(delayed).to_be_hidden()


def test_undone_by_keyboard_it_was_never_sent(open_page, live, vera):
    page = open_page(**DESKTOP)
    stop_clock(page)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/?gift=skyline#tray")
    asked = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep my coins")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep my coins")).to_be_focused()
    send = page.get_by_role("dialog").get_by_role("button", name="Send", exact=True)
    expect(send).to_be_disabled()
    page.clock.run_for(WAKE_MS)
    expect(send).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo Skyline, 1,000 coins, $10.00")).to_be_focused()
    expect(page.locator("#delayed-words")).to_have_text(
        "Skyline is sent in 5 seconds. Undo keeps your 1,000 coins ($10.00)."
    )
    balance(page, 11_000)
    page.keyboard.press("Enter")
    expect(page.locator("#delayed-words")).to_have_text("Skyline was not sent. You keep your 1,000 coins ($10.00).")
    expect(page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00")).to_be_focused()
    balance(page, 12_000)
    page.clock.run_for(2 * HELD_MS)
    balance(page, 12_000)
    assert asked == []
    assert coin_balance(vera) == 12_000


def test_page_left_meanwhile_asks_first_and_forgets_what_it_held(open_page, live, vera):
    page = open_page(**DESKTOP)
    enter(page, live, vera)
    stop_clock(page)
    want(page, "skyline")
    say_yes(page)
    expect(page.locator("#delayed li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollHeight") == DESKTOP["height"]
    questions = []

    def go_on(question):
        questions.append(question.type)
        question.accept()

    page.on("dialog", go_on)
    page.reload()
    assert questions == ["beforeunload"]
    balance(page, 12_000)
    expect(page.locator("#delayed li")).to_have_count(0)
    page.clock.run_for(2 * HELD_MS)
    assert GiftTap.objects.count() == 0


def test_live_that_ends_meanwhile_debits_nothing_and_says_so_on_the_end_card(open_page, live, vera):
    """One gift is delayed, one waits in the queue behind four whose answers are lost, and one was in time."""
    page = open_page(**PHONE)
    enter(page, live, vera)
    choose(page, "panda")
    tile(page, "panda").click()
    expect(page.locator("#given")).to_have_text("5 coins · $0.05")
    page.route("**/tap/", lambda route: route.abort())
    stop_clock(page)
    for _ in range(5):
        tile(page, "panda").click()
    want(page, "skyline")
    say_yes(page)
    end_session(live, by="cleo")
    over = page.get_by_role("heading", name="This live has ended")
    # Step by step, because the page's time must not run ahead of what it waits for.
    for _ in range(0, HELD_MS - 1_000, 500):
        page.clock.run_for(500)
        with suppress(TimeoutError):
            over.wait_for(timeout=1_000)
            break
    expect(over).to_be_visible()
    card = page.locator("#curtain")
    expect(card).to_contain_text("You gave 5 coins ($0.05) in this live.")
    expect(card.get_by_role("alert")).to_have_text(
        "Panda, Skyline: not sent, because the live had ended. Nothing was debited for it. "
        "Panda ×4: no answer yet. It is asked again whether it was in time."
    )
    points(page, 25)
    # The page sends the taps in flight again, and they are answered.
    page.unroute("**/tap/")
    page.clock.resume()
    expect(card.get_by_role("alert")).to_have_text(
        "Panda ×5, Skyline: not sent, because the live had ended. Nothing was debited for it."
    )
    points(page, 5)
    assert GiftTap.objects.count() == 1
    assert coin_balance(vera) == 11_995


def test_without_javascript_a_box_has_to_be_ticked(open_page, live, vera):
    page = open_page(**PHONE, java_script_enabled=False)
    enter(page, live, vera)
    choose(page, "skyline")
    send = page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00")
    send.click()
    assert GiftTap.objects.count() == 0
    page.get_by_label("Yes, 1,000 coins ($10.00)").check()
    send.click()
    expect(page.get_by_text("Skyline sent for 1,000 coins ($10.00).")).to_be_visible()
    eventually(lambda: GiftTap.objects.count() == 1)


def test_short_of_coins_one_button_buys_what_covers_it_and_leads_back_to_the_gift(open_page, live):
    vera = make_user("Vera", coins=600)
    page = open_page(**PHONE)
    enter(page, live, vera)
    want(page, "skyline")
    page.get_by_role("alert").get_by_role("link", name="Get 500 coins for $5.00").click()
    expect(page.get_by_role("radio", name="Covers Skyline 500 coins for $5.00")).to_be_checked()
    page.get_by_role("button", name="Pay $5.00").click()
    page.get_by_role("button", name="Pay $5.00").click()
    page.get_by_role("link", name="Back").click()
    expect(page).to_have_url(f"/live/{live.pk}/")
    expect(page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00")).to_be_visible()
    balance(page, 1_100)
    tile(page, "skyline").click()
    expect(page.get_by_role("dialog", name="Send Skyline for 1,000 coins ($10.00)?")).to_be_visible()
    assert coin_balance(vera) == 1_100


def test_exactly_what_is_missing_can_be_bought_from_the_tray(open_page, live, look):
    vera = make_user("Vera", coins=620)
    page = open_page(**PHONE)
    enter(page, live, vera)
    want(page, "skyline")
    page.get_by_role("alert").get_by_role("link", name="Exactly 380 for $3.80").click()
    expect(page.get_by_role("radio", name="The exact amount")).to_be_checked()
    expect(page.locator("#order output")).to_have_text("380 coins · $3.80 Card · you will have 1,000")
    look(page)
    page.get_by_role("button", name="Pay $3.80").click()
    page.get_by_role("button", name="Pay $3.80").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("button", name="Send Skyline, 1,000 coins, $10.00")).to_be_visible()
    balance(page, 1_000)
    assert coin_balance(vera) == 1_000
