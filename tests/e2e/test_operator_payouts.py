"""Money that waits for Otto: approved, sent, paid; refused with a reason that Cleo reads; totals beside the books."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import mark_paid
from tests.e2e.visitors import log_in, sign_in
from tests.factories import make_payout_account
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import has_unknown_status, let_approve, waits_for_approval

QUEUE = "/admin/payouts/withdrawal/waiting/"


def request(page, dollars):
    """Let the creator whose page it is ask for so many dollars; return the address of the withdrawal."""
    page.goto("/payouts/withdraw/")
    page.get_by_label("Amount in dollars").fill(dollars)
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name=f"${dollars}").click()
    page.wait_for_url(lambda url: "/withdraw/" not in url)
    return page.url


def act(page, action, reason):
    """Press a button of the first withdrawal in the queue, and type the reason on its page."""
    page.goto(QUEUE)
    page.get_by_role("link", name=action).first.click()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=action).click()


def test_above_the_amount_otto_approves_and_cleo_sees_it_paid(open_page):
    let_approve(above=200_00, two_above=None)
    creator, desk = open_page(390, 844, is_mobile=True, has_touch=True), open_page(1280, 860)
    cleo = make_earner(100_000)
    make_payout_account(cleo)
    log_in(creator, cleo, then="/payouts/")
    sign_in(desk, make_operator(), ago=0)

    tracker = request(creator, "250.00")
    sent = send_withdrawals()

    assert sent == 0

    desk.goto("/admin/")
    desk.get_by_role("link", name="Waiting for you: 1").click()
    desk.get_by_role("link", name="Approve $250.00 to Cleo").click()
    expect(desk.locator(".means")).to_contain_text("$250.00 (50,000 diamonds) of Cleo is sent to PayPal")
    desk.get_by_label("Reason").fill("Known for years")
    desk.get_by_role("button", name="Approve: $250.00").click()
    expect(desk.locator(".messagelist")).to_contain_text("Approved. The worker sends $250.00")
    expect(desk.get_by_text("Nothing waits.")).to_be_visible()
    now = timezone.now()
    sent = [send_withdrawals(now=now + minutes * timedelta(minutes=1)) for minutes in range(2)]

    assert sent == [1, 1]

    creator.goto(tracker)
    expect(creator.locator("#withdrawal-status")).to_have_attribute("value", "paid")

    second = withdraw(cleo, 201_00)
    act(desk, "Refuse", "The name isn’t yours")
    expect(desk.locator(".messagelist")).to_contain_text("Refused. 40,200 diamonds are back with the creator.")
    creator.goto(f"/payouts/{second.id}/")
    expect(creator.locator("#withdrawal-status")).to_have_attribute("value", "cancelled")
    expect(creator.get_by_role("main")).to_contain_text("The name isn’t yours")


@pytest.fixture
def a_day_s_work(db):
    """One of two approvals given, one strange status, one paid that nobody reported."""
    otto = make_operator()
    waits_for_approval(600_00)
    has_unknown_status()
    mark_paid(withdraw(make_earner(20_000), 100_00), reference="R1", by="test")
    return otto


def test_queue_page_of_an_action_and_totals_fit_and_break_no_rule(desktop, look, a_day_s_work):
    sign_in(desktop, a_day_s_work, ago=0)
    desktop.goto(QUEUE)
    expect(desktop.locator("ol.waiting > li")).to_have_count(2)
    look(desktop, preload=False)
    desktop.get_by_role("link", name="Mark as paid").click()
    desktop.get_by_role("button", name="Mark as paid").click()
    expect(desktop.locator(".errorlist")).to_have_count(2)
    look(desktop, preload=False)
    desktop.goto("/admin/payouts/withdrawal/totals/")
    expect(desktop.locator(".verdict")).to_contain_text("1 difference")
    look(desktop, preload=False)


def test_without_javascript_an_operator_approves(open_page, a_day_s_work):
    page = open_page(390, 844, java_script_enabled=False)
    sign_in(page, a_day_s_work, ago=0)
    act(page, "Approve", "Fine")
    expect(page.locator(".messagelist")).to_contain_text("Approved. $600.00 waits for 1 more.")
