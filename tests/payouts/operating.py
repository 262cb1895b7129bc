"""Withdrawals that wait for an operator, each by its own path through the verbs."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from payouts.gateways import Answer, PayoutAnswer
from payouts.models import PayoutTerms
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import record_answer, return_withdrawal
from tests.payouts.earning import make_earner, withdraw

TWO_MINUTES = timedelta(minutes=2)


def let_approve(*, above=100_00, two_above=500_00, first=False):
    """Set terms: one approval above `above` cents, two above `two_above` cents."""
    PayoutTerms.objects.get_or_create(
        starts_at=datetime(2025, 6, 1, tzinfo=UTC),
        defaults={
            "minimum_cents": 100_00,
            "weekly_cents": 1_000_00,
            "approval_cents": above,
            "two_people_cents": two_above,
            "first_needs_approval": first,
            "reason_given": "For tests.",
        },
    )


def waits_for_approval(cents=200_00, *, creator=None):
    """200 dollars wait for one operator; above 500 they wait for two."""
    let_approve()
    return withdraw(creator or make_earner(2 * cents), cents)


def has_unknown_status(cents=100_00, *, creator=None):
    """Send a withdrawal to which the provider answers with a status without a rule."""
    now = timezone.now() - TWO_MINUTES
    withdrawal = withdraw(creator or make_earner(2 * cents), cents, receiver="strange@example.com", now=now)
    send_withdrawals(now=now)
    send_withdrawals(now=now + timedelta(minutes=1))
    return fresh(withdrawal)


def never_answered(cents=100_00, *, creator=None, days=29):
    """Send a withdrawal again for `days` days without an answer."""
    now = timezone.now()
    creator = creator or make_earner(2 * cents)
    withdrawal = withdraw(creator, cents, receiver="unknown@example.com", now=now - timedelta(days=days))
    send_withdrawals(now=now - timedelta(days=days))
    send_withdrawals(now=now)
    return fresh(withdrawal)


def contradicts(cents=100_00, *, creator=None):
    """Return a withdrawal in the books, then let the provider report it as paid."""
    withdrawal = withdraw(creator or make_earner(2 * cents), cents)
    send_withdrawals()
    return_withdrawal(withdrawal, status="failed", by="sandbox", why="Closed.")
    return record_answer(withdrawal, PayoutAnswer(Answer.PAID, status="SUCCESS", cents=cents), by="sandbox")


def fresh(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal
