"""The waiting time of a new payout account, and the list of accounts."""

from datetime import UTC, datetime

import pytest
import time_machine

from payouts.gateways.sandbox import OUTCOMES
from payouts.models import PayoutTerms
from tests.factories import make_payout_account, make_user
from tests.payouts.receiving.adding import PAGE, add, sign_in

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-11-22 20:13:05Z", tick=False)
def test_a_new_account_waits_as_long_as_the_terms_say(client):
    cleo = make_user("Cleo")
    sign_in(client, cleo)
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, account_wait_hours=48, reason_given="Two days are enough"
    )
    add(client)
    account = cleo.payout_accounts.get()
    client.cookies["tz"] = "Europe/Lisbon"
    here = client.get(PAGE).content.decode()
    client.cookies["tz"] = "Asia/Kolkata"
    there = client.get(PAGE).content.decode()

    assert account.usable_at == datetime(2026, 11, 24, 20, 13, 5, tzinfo=UTC)
    assert "Can be used from" in here and "Tuesday 24 November 2026, 20:13 UTC</time>." in here
    assert "Tuesday 24 November 2026, 20:13 UTC</time> (Wednesday 01:43 for you)." in there
    assert "waits 48 hours" in here
    assert "so that you hear of it, and can remove it, should somebody else have added it" in here


def test_where_nothing_waits_a_new_account_can_be_used_at_once(client, cleo):
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, account_wait_hours=0, reason_given="To try things out"
    )
    add(client)

    assert cleo.payout_accounts.get().is_usable()
    assert "Withdrawals can go there from now on." in cleo.notices.get().text

    page = client.get(PAGE)

    assert "Can be used from" not in page.content.decode()


@pytest.mark.once
def test_the_sandbox_lists_each_of_its_receivers_with_what_becomes_of_it(client, cleo):
    page = " ".join(client.get(PAGE).content.decode().split())

    for name in OUTCOMES:
        assert f"<dt><code>{name}@example.com</code></dt>" in page
    assert "<dt><code>unclaimed@example.com</code></dt><dd><small>lies there unclaimed until you call it back" in page
    assert "<dt><code>anybody else</code></dt><dd><small>is paid" in page


@pytest.mark.parametrize("accounts", [1, 3])
def test_seven_queries_however_many_accounts(client, django_assert_num_queries, accounts):
    cleo = make_user("Cleo")
    for number in range(accounts):
        make_payout_account(cleo, receiver=f"{number}@example.com")
    client.force_login(cleo)

    with django_assert_num_queries(7):
        page = client.get(PAGE).content.decode()
    assert page.count("data-payout-account=") == accounts
