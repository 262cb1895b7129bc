"""Transitions: every ordered pair of reports, each twice, pays or gives back at most once."""

from itertools import product

import pytest
from django.db import connection

from payouts.diamonds import diamond_balance, diamonds_of, held_of
from payouts.models import Withdrawal
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal
from tests.payouts.earning import make_earner, mark_sent, withdraw
from wallet import accounts, ledger
from wallet.books import check_books
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db

REPORTS = ["sent", "paid", "failed", "returned", "cancelled"]

# The status after two reports, in this order, on a withdrawal that was requested.
FIRST_COUNTS = {"failed", "returned", "cancelled"}


def report(withdrawal, status):
    """Report the status twice, as providers do."""
    for _ in range(2):
        if status == "sent":
            mark_sent(withdrawal, reference="p-1", by="sandbox")
        elif status == "paid":
            mark_paid(withdrawal, reference="p-1", by="sandbox")
        elif status == "cancelled":
            try:
                cancel_withdrawal(withdrawal, by="cleo@example.com")
            except WithdrawalRefused as refusal:
                assert "can't be cancelled any more" in str(refusal)
        else:
            return_withdrawal(withdrawal, status=status, by="sandbox", why="No such account.")


def expected(first, second):
    if first in FIRST_COUNTS:
        return first
    if first == "sent":
        return "sent" if second == "cancelled" else second
    # After paid, a failure counts as returned.
    return "returned" if second in ("failed", "returned") else "paid"


@pytest.mark.parametrize(("first", "second"), list(product(REPORTS, REPORTS)))
def test_every_ordered_pair_of_reports_with_repeats(first, second):
    cleo = make_earner(30_000)
    withdrawal = withdraw(cleo)

    report(withdrawal, first)
    assert check_books() == []
    report(withdrawal, second)
    report(withdrawal, first)

    withdrawal.refresh_from_db()
    assert withdrawal.status == expected(first, second)
    paid, back = withdrawal.status == "paid", withdrawal.status in Withdrawal.GIVEN_BACK
    assert diamond_balance(cleo) == (30_000 if back else 10_000)
    assert ledger.balance(held_of(cleo)) == (0 if paid or back else 20_000)
    assert ledger.balance(accounts.DIAMONDS_REDEEMED) == (20_000 if paid else 0)
    assert ledger.balance(accounts.CENTS_CREATORS) == (100_00 if paid else 0)
    assert cleo.weekly_allowances.get().used_cents == (0 if back else 100_00)
    assert Transfer.objects.filter(reason=Reason.RELEASE).count() == (1 if back else 0)
    steps = list(withdrawal.steps.values_list("status", flat=True))
    assert len(steps) == len(set(steps)) and steps[-1] == withdrawal.status


def test_a_withdrawal_holds_its_diamonds_and_keeps_its_first_step():
    cleo = make_earner(60_000)
    withdrawal = withdraw(cleo, 250_00)

    assert diamond_balance(cleo) == 10_000
    assert ledger.balance(held_of(cleo)) == 50_000
    step = withdrawal.steps.get()
    assert (step.status, step.by, step.why) == ("requested", cleo.email, "50,000 diamonds reserved")


def test_a_withdrawal_that_a_worker_has_taken_up_can_not_be_cancelled():
    cleo = make_earner(60_000)
    withdrawal = withdraw(cleo)
    Withdrawal.objects.update(taken_at=withdrawal.requested_at)

    with pytest.raises(WithdrawalRefused, match="is being sent and can't be cancelled any more"):
        cancel_withdrawal(withdrawal, by=cleo.email)
    assert diamond_balance(cleo) == 40_000


def test_diamonds_that_came_back_can_be_withdrawn_again():
    cleo = make_earner(20_000)
    return_withdrawal(withdraw(cleo), status="failed", by="sandbox", why="Closed.")

    withdrawal = withdraw(cleo)

    assert withdrawal.status == "requested"
    assert ledger.balance(diamonds_of(cleo)) == 0


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks to look at")
def test_a_status_is_changed_without_locking_the_person():
    withdrawal = withdraw(make_earner(20_000))
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        mark_sent(withdrawal, reference="p-1", by="sandbox")

    locks = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert len(locks) == 2 and all("FOR UPDATE OF" in lock or "wallet_account" in lock for lock in locks)
