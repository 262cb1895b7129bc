"""Compare a withdrawal and its books before and after a refused action."""

import pytest
from django.contrib.admin.models import LogEntry

from payouts.diamonds import diamond_balance, held_of
from payouts.withdrawals.approvals import OperatingRefused
from tests.payouts.operating import fresh
from wallet import ledger


def as_it_is(withdrawal):
    """Return the state that a refusal must leave unchanged."""
    row = fresh(withdrawal)
    return (
        row.status,
        row.attention,
        row.ask_now,
        row.approvals.count(),
        row.steps.count(),
        diamond_balance(row.creator),
        ledger.balance(held_of(row.creator)),
        row.creator.weekly_allowances.get(week=row.week).used_cents,
        LogEntry.objects.count(),
    )


def refused(verb, withdrawal, **how):
    """Return the words of the verb's refusal, after checking that no row has changed."""
    before = as_it_is(withdrawal)
    with pytest.raises(OperatingRefused) as refusal:
        verb(withdrawal, why="Because.", **how)
    assert as_it_is(withdrawal) == before
    return str(refusal.value)
