"""A viewer's own limits on what they give in a day and in a week: stricter at once, looser 24 hours later.

Days and ISO weeks in UTC. A tap's query doesn't read them: a trigger refuses a tap beyond them (ADR 0025), and
this module explains the refusal.
"""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from live.models import SpendingLimit
from payouts import worth
from payouts.money import coins_usd
from payouts.withdrawals.allowance import resets_at, week_of
from people.models import User
from wallet.errands import objection

LOOSER_AFTER = timedelta(hours=24)
NO_LIMIT = float("inf")


class Limits(NamedTuple):
    """The most that a viewer wants to give in a day and in a week, in coins. None is no limit."""

    daily: int | None = None
    weekly: int | None = None


class Spending(NamedTuple):
    """Today or this week: the coins given, the limit (None for no limit), and the moment at which it starts anew."""

    period: str
    given: int
    limit: int | None
    resets_at: datetime

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.given)


class OwnLimits(NamedTuple):
    """Limits as their page shows them. `later` are Limits that begin at `later_from`; both None if none wait."""

    today: Spending
    week: Spending
    later: Limits | None
    later_from: datetime | None

    @property
    def now(self) -> Limits:
        return Limits(self.today.limit, self.week.limit)

    @property
    def wanted(self) -> Limits:
        """The limits as the viewer asked for them last, whether they count yet or not."""
        return self.later or self.now


def limits_of(viewer: User, moment: datetime | None = None) -> Limits:
    """Return the viewer's Limits at a moment. One query."""
    return _limits(_in_force(viewer, moment or timezone.now()).first())


def own_limits(viewer: User, now: datetime | None = None) -> OwnLimits:
    """Return the viewer's OwnLimits. Three queries."""
    now = now or timezone.now()
    limits, later = limits_of(viewer, now), _pending(viewer, now).first()
    today, week = _spending(viewer, limits, now)
    return OwnLimits(today, week, _limits(later) if later else None, later.starts_at if later else None)


@transaction.atomic
def set_limits(viewer: User, *, daily: int | None, weekly: int | None, now: datetime | None = None) -> OwnLimits:
    """Set the limits in coins (None for no limit): a stricter one begins at once, a looser one 24 hours later.

    A repeat changes nothing and doesn't restart the 24 hours; nor does a limit below the one that waits already.
    Return the viewer's OwnLimits.
    """
    # Lock the viewer's row, so that two changes follow each other. Without the key, so taps don't wait.
    User.objects.select_for_update(no_key=True).get(pk=viewer.pk)
    # Read the clock after the lock: rows of the request before would otherwise lie in the future.
    now = now or timezone.now()
    current, pending = limits_of(viewer, now), _pending(viewer, now).first()
    wanted = Limits(daily, weekly)
    at_once = Limits(*map(_stricter, current, wanted))
    if at_once != current:
        _keep(viewer, at_once, now, now)
    if pending is None or _limits(pending) != wanted:
        _pending(viewer, now).update(called_off_at=now)
        if wanted != at_once:
            _keep(viewer, wanted, _looser_from(pending, wanted, now), now)
    return own_limits(viewer, now)


def call_off(viewer: User, *, now: datetime | None = None) -> bool:
    """Call off the limits that wait, so that they never begin; return whether there were any."""
    now = now or timezone.now()
    return bool(_pending(viewer, now).update(called_off_at=now))


def why_beyond(viewer: User, coins: int, now: datetime | None = None, *, besides: int = 0) -> str | None:
    """Return in words the own limit that forbids that many coins more, or None. Today's comes first.

    `besides` are coins of gifts that wait to be sent.
    """
    now = now or timezone.now()
    limits = limits_of(viewer, now)
    if limits == Limits():
        return None
    for spending in _spending(viewer, limits, now):
        if spending.left is not None and coins + besides > spending.left:
            return _sentence(spending, now, besides)
    return None


@objection
def own_limit_forbids(viewer: User, coins: int) -> str | None:
    """Return in words the own limit that forbids spending that many coins. A recharge wouldn't help then."""
    return why_beyond(viewer, coins)


# --- Rows ---------------------------------------------------------------------------------------


def _in_force(viewer: User, moment: datetime) -> QuerySet[SpendingLimit]:
    """Return the viewer's rows that have begun, the one in force first."""
    return viewer.spending_limits.filter(starts_at__lte=moment, called_off_at=None)


def _pending(viewer: User, moment: datetime) -> QuerySet[SpendingLimit]:
    return viewer.spending_limits.filter(starts_at__gt=moment, called_off_at=None)


def _keep(viewer: User, limits: Limits, starts_at: datetime, now: datetime) -> None:
    SpendingLimit.objects.create(
        viewer=viewer, daily_coins=limits.daily, weekly_coins=limits.weekly, starts_at=starts_at, asked_at=now
    )


def _limits(row: SpendingLimit | None) -> Limits:
    return Limits(row.daily_coins, row.weekly_coins) if row else Limits()


def _stricter(one: int | None, other: int | None) -> int | None:
    return one if _size(one) <= _size(other) else other


def _size(limit: int | None) -> float:
    return NO_LIMIT if limit is None else limit


def _looser_from(pending: SpendingLimit | None, wanted: Limits, now: datetime) -> datetime:
    """Return when looser limits begin: with those that wait already, if none exceeds them, or in 24 hours."""
    if pending and all(_size(new) <= _size(old) for new, old in zip(wanted, _limits(pending), strict=True)):
        return pending.starts_at
    return now + LOOSER_AFTER


# --- Given so far -----------------------------------------------------------------------------


def _spending(viewer: User, limits: Limits, now: datetime) -> tuple[Spending, Spending]:
    """Return the Spending of today and of this week. One query."""
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    tomorrow = today + timedelta(days=1)
    monday, next_monday = (resets_at(week_of(now) - timedelta(days=7 * ago)) for ago in (1, 0))
    of_today = Sum("coins", default=0, filter=Q(created_at__gte=today, created_at__lt=tomorrow))
    taps = viewer.taps.filter(created_at__gte=monday, created_at__lt=next_monday).order_by()
    given = taps.aggregate(day=of_today, week=Sum("coins", default=0))
    return (
        Spending("today", given["day"], limits.daily, tomorrow),
        Spending("this week", given["week"], limits.weekly, next_monday),
    )


def _sentence(spending: Spending, now: datetime, besides: int = 0) -> str:
    """Return the refusal: limit, coins given, coins left, and the reset in UTC and in the reader's zone."""
    assert spending.limit is not None, "only a limit can be exceeded"
    dollars = coins_usd(spending.limit, worth.rates_at(now))
    left = f"{spending.left:,} {'is' if spending.left == 1 else 'are'} left" if spending.left else "nothing is left"
    if besides:
        left += f" and {besides:,} {'waits' if besides == 1 else 'wait'} to be sent"
    coins = f"{spending.limit:,} coin{'' if spending.limit == 1 else 's'}"
    return (
        f"Your own limit for {spending.period} is {coins} ({dollars}). "
        f"You have given {spending.given:,}, so {left}. It resets on {in_words(spending.resets_at)}."
    )


def in_words(moment: datetime) -> str:
    """Return a moment in UTC, and also in the reader's zone if it differs."""
    there, here = moment.astimezone(UTC), timezone.localtime(moment)
    words = f"{there:%A %-d %B at %H:%M} UTC"
    if there.utcoffset() == here.utcoffset():
        return words
    return f"{words} ({here:%H:%M} for you)" if there.date() == here.date() else f"{words} ({here:%A %H:%M} for you)"
