"""Withdrawals that wait for a person, each brought there in the way in which it comes there."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from payouts.gateways import Answer, PayoutAnswer
from payouts.models import PayoutTerms
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import record_answer, return_withdrawal
from tests.payouts.earning import make_earner, withdraw

TWO_MINUTES = timedelta(minutes=2)


def let_approve(*, above=100_00, two_above=500_00, first=False):
    """From now on one operator must approve what is above the one amount, two what is above the other."""
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
    """It was sent, and the provider answers with a word that we have no rule for."""
    now = timezone.now() - TWO_MINUTES
    withdrawal = withdraw(creator or make_earner(2 * cents), cents, receiver="strange@example.com", now=now)
    send_withdrawals(now=now)
    send_withdrawals(now=now + timedelta(minutes=1))
    return fresh(withdrawal)


def never_answered(cents=100_00, *, creator=None, days=29):
    """It was sent again and again for so many days, and nothing came back."""
    now = timezone.now()
    creator = creator or make_earner(2 * cents)
    withdrawal = withdraw(creator, cents, receiver="unknown@example.com", now=now - timedelta(days=days))
    send_withdrawals(now=now - timedelta(days=days))
    send_withdrawals(now=now)
    return fresh(withdrawal)


def contradicts(cents=100_00, *, creator=None):
    """It came back here, and now the provider says that it was paid."""
    withdrawal = withdraw(creator or make_earner(2 * cents), cents)
    send_withdrawals()
    return_withdrawal(withdrawal, status="failed", by="sandbox", why="Closed.")
    return record_answer(withdrawal, PayoutAnswer(Answer.PAID, status="SUCCESS", cents=cents), by="sandbox")


def fresh(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal
