"""Otto's morning: a stuck withdrawal, its creator, a note, a step; then a price for Friday. Also without scripts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from live.models import GiftPrice, GiftTap
from people.models import OperatorNote, Suspension
from tests.e2e.visitors import sign_in
from tests.factories import confirm, make_recharge
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def make_stuck():
    """Cleo's $100.00 have had no answer for three days."""
    cleo = make_earner(20_000)
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=True):
        withdrawal = withdraw(cleo)
    type(withdrawal).objects.filter(pk=withdrawal.pk).update(attention="unanswered", first_sent_at=timezone.now())
    return cleo, withdrawal


def test_otto_finds_a_stuck_withdrawal_and_acts_on_its_creator(desktop, look):
    cleo, withdrawal = make_stuck()
    recharge = make_recharge(cleo)
    confirm(recharge)
    sign_in(desktop, make_operator(), ago=0)

    desktop.goto("/admin/")
    desktop.get_by_role("link", name="$100.00 to Cleo").click()
    expect(desktop.get_by_role("heading", name="$100.00 to Cleo")).to_be_visible()
    look(desktop)
    desktop.get_by_role("link", name="Cleo", exact=True).first.click()
    expect(desktop.get_by_role("heading", name="Cleo", exact=True)).to_be_visible()
    look(desktop)
    desktop.get_by_label("Note for other operators").fill("Asked PayPal.")
    desktop.get_by_role("button", name="Keep this note").click()
    expect(desktop.locator("#notes")).to_contain_text("Asked PayPal.")
    desktop.get_by_role("link", name="Suspend").click()
    look(desktop)
    desktop.get_by_label("Reason").fill("A stolen card.")
    desktop.get_by_role("button", name="Suspend: Cleo").click()
    expect(desktop.get_by_role("main")).to_contain_text("Suspended until an operator lets them in.")
    tap, live = GiftTap.objects.get(), cleo.creator.sessions.get()
    paid = tap.viewer.recharges.get()
    things = (f"live/{live.pk}/", f"recharge/{recharge.pk}/", "search/?q=cleo")
    chain = (f"recharge/{paid.pk}/money/", f"recharge/{paid.pk}/money/{live.pk}/", f"tap/{tap.tap_id}/")
    ends = (f"withdrawal/{withdrawal.pk}/money/", f"withdrawal/{withdrawal.pk}/money/{live.pk}/")
    for address in things + chain + ends:
        desktop.goto(f"/admin/{address}")
        expect(desktop.get_by_role("heading", level=1)).to_be_visible()
        look(desktop)

    assert OperatorNote.objects.get().text == "Asked PayPal."
    assert Suspension.objects.get().person == cleo


def type_price_for(page, friday):
    page.goto("/admin/live/gift/?q=panda")
    page.locator("#result_list tbody a").first.click()
    page.get_by_label("Coins:").fill("6")
    page.locator("#id_new_from_0").fill(f"{friday:%Y-%m-%d}")
    page.locator("#id_reason").fill("Dearer bamboo")
    page.get_by_role("button", name="Show what it does").click()
    expect(page.locator("#what-it-does")).to_contain_text("A tap costs 6 coins ($0.06) instead of 5 coins ($0.05).")
    expect(page.locator("#what-it-does")).to_contain_text("Nothing changes until then.")


@pytest.mark.parametrize(("size", "scripts"), [((1280, 860), True), ((390, 844), False)])
def test_otto_changes_a_price_for_friday_and_reads_it_on_the_public_page(open_page, size, scripts):
    today = timezone.now().date()
    friday = today + timedelta(days=7 + (4 - today.weekday()) % 7)
    page = open_page(*size, java_script_enabled=scripts)
    sign_in(page, make_operator(), ago=0)
    type_price_for(page, friday)
    button = page.get_by_role("button", name="Announce 6 coins for Panda from Friday")
    page.locator("#id_reason").fill("Bamboo is dearer")
    button.click()
    expect(page.get_by_role("heading", name="What it does")).to_be_in_viewport()
    with page.expect_navigation():
        page.locator("#id_reason").press("Enter")
    expect(page.get_by_role("heading", name="What it does")).to_be_in_viewport()
    assert GiftPrice.objects.filter(gift__slug="panda").count() == 1
    button.click()
    expect(page.locator(".messagelist")).to_contain_text("Panda costs 6 coins from")
    page.goto("/economy/")

    panda = page.locator("#gifts").get_by_role("listitem").filter(has_text="Panda")
    expect(panda).to_contain_text("$0.05")
    expect(page.get_by_role("main")).to_contain_text("Bamboo is dearer")
    assert GiftPrice.objects.latest("starts_at").starts_at.date() == friday


def test_preview_of_a_price_fits_and_breaks_no_rule(desktop, look):
    sign_in(desktop, make_operator(), ago=0)

    type_price_for(desktop, timezone.now() + timedelta(days=7))

    look(desktop, preload=False)


def test_preview_of_a_rate_fits_and_breaks_no_rule(desktop, look):
    make_earner(20_000)
    sign_in(desktop, make_operator(), ago=0)
    desktop.goto("/admin/payouts/diamondrate/add/")
    desktop.get_by_label("Dollars per diamond").fill("0.0005")
    desktop.get_by_label("Reason").fill("A try")

    desktop.get_by_role("button", name="Show what it does").click()

    expect(
        desktop.get_by_role("checkbox", name="Yes: a diamond will be worth $0.0005 instead of $0.005")
    ).to_be_visible()
    look(desktop, preload=False)


def test_search_by_keyboard_leads_to_a_person_without_scripts_on_a_phone(open_page):
    _, withdrawal = make_stuck()
    page = open_page(390, 844, java_script_enabled=False)
    sign_in(page, make_operator(), ago=0)

    page.goto("/admin/people/user/")
    page.get_by_role("searchbox", name="Find a person, a live, a payment").focus()
    page.keyboard.type(str(withdrawal.pk))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="$100.00 to Cleo").press("Enter")
    expect(page.get_by_role("heading", name="$100.00 to Cleo")).to_be_visible()
    page.get_by_role("searchbox").fill("cleo")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Cleo").press("Enter")
    page.get_by_role("link", name="End all sessions").click()
    page.get_by_label("Reason").fill("A lost phone.")
    page.get_by_role("button", name="End all sessions: Cleo").click()

    expect(page.get_by_role("main")).to_contain_text("Ended all sessions. Reason: A lost phone.")
