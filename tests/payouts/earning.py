"""Creators who earn diamonds from gifts in a live, and their withdrawals."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from live.gifts.catalog import catalog
from live.models import LiveTerms
from live.sessions.sessions import end_session
from payouts.gateways import Answer, PayoutAnswer
from payouts.models import PayoutTerms
from payouts.withdrawals.transitions import record_answer
from payouts.withdrawals.withdrawals import quote, request_withdrawal
from tests.factories import make_creator, make_payout_account, make_session, make_user, tap


def nobody_needs_followers():
    """Skip the follower gate: 1,000 follower rows for each creator take most of a test's time."""
    LiveTerms.objects.get_or_create(
        starts_at=datetime(2025, 6, 1, tzinfo=UTC),
        defaults={
            "followers_needed": 0,
            "largest_gift_coins": 10_000,
            "abandoned_after_minutes": 15,
            "reason_given": "For tests.",
        },
    )


def earn(creator, diamonds):
    """Let a viewer give exactly that many coins' worth of gifts in one live of the creator."""
    nobody_needs_followers()
    session = make_session(creator)
    viewer = make_user("Vera", coins=-(-diamonds // 100) * 100)
    for gift in catalog().order_by("-coins"):
        if count := diamonds // gift.coins:
            tap(viewer, session, gift_slug=gift.slug, quantity=count, price=gift.coins)
            diamonds -= count * gift.coins
    end_session(session, by="creator")
    return session


def make_earner(diamonds=60_000, name="Cleo"):
    """Make a creator with that many diamonds to withdraw; return the user."""
    creator = make_creator(name, followers=0)
    if diamonds:
        earn(creator, diamonds)
    return creator.user


def withdraw(user, cents=100_00, *, receiver=None, account=None, now=None):
    """Quote and request a withdrawal."""
    account = account or user.payout_accounts.filter(receiver=receiver or user.email).first()
    account = account or make_payout_account(user, receiver=receiver)
    one = quote(creator=user, account=account, cents=cents, now=now)
    return request_withdrawal(quote=one, creator=user, now=now)


def withdraw_often(count):
    """Make `count` withdrawals of $1.00 by one creator under a high weekly maximum; return both."""
    PayoutTerms.objects.create(
        starts_at=timezone.now() - timedelta(seconds=1), minimum_cents=100, weekly_cents=1_000_00, reason_given="Tests."
    )
    creator = make_earner(200 * count)
    return creator, [withdraw(creator, 100) for _ in range(count)]


def mark_sent(withdrawal, *, reference, by, now=None):
    """Record the provider's answer that the payout is pending."""
    return record_answer(withdrawal, PayoutAnswer(Answer.PENDING, reference), by=by, now=now)
