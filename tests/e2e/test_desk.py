"""Otto finds a stuck withdrawal, reads its creator, keeps a note and acts: by mouse, by keyboard, without scripts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

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
    cleo, _ = make_stuck()
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
    for address in (f"live/{cleo.creator.sessions.get().pk}/", f"recharge/{recharge.pk}/", "search/?q=cleo"):
        desktop.goto(f"/admin/{address}")
        look(desktop)

    assert OperatorNote.objects.get().text == "Asked PayPal."
    assert Suspension.objects.get().person == cleo


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
