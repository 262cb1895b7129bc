"""The weekly allowance: at most so many dollars in one ISO week, which starts on Monday 00:00 UTC."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from payouts.models import PayoutTerms, WeeklyAllowance
from people.models import User


class Allowance(NamedTuple):
    """A creator's week: its Monday, the limit, the used cents, and the moment the next week starts."""

    week: date
    limit_cents: int
    used_cents: int
    resets_at: datetime

    @property
    def left_cents(self) -> int:
        return max(0, self.limit_cents - self.used_cents)


def week_of(moment: datetime) -> date:
    """Return the Monday (a date, in UTC) of the moment's ISO week: Sunday 23:59:59 and Monday 00:00 UTC differ."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def resets_at(week: date) -> datetime:
    """Return the moment at which the week that starts on this Monday is over: the next Monday, 00:00 UTC."""
    return datetime.combine(week + timedelta(days=7), time(), UTC)


def weekly_allowance(creator: User, *, terms: PayoutTerms | None = None, now: datetime | None = None) -> Allowance:
    """Return the creator's Allowance of the week, by one query (two without terms)."""
    now = now or timezone.now()
    terms = terms or PayoutTerms.objects.at(now)
    week = week_of(now)
    used = creator.weekly_allowances.filter(week=week).values_list("used_cents", flat=True).first() or 0
    return Allowance(week, terms.weekly_cents, used, resets_at(week))


def take_allowance(creator: User, cents: int, *, week: date, limit_cents: int) -> bool:
    """Use up cents of the creator's week; return whether enough was left. The CHECK keeps the limit in any race."""
    WeeklyAllowance.objects.bulk_create(
        [WeeklyAllowance(creator=creator, week=week, limit_cents=limit_cents)], ignore_conflicts=True
    )
    row = WeeklyAllowance.objects.filter(creator=creator, week=week, used_cents__lte=limit_cents - cents)
    return bool(row.update(used_cents=F("used_cents") + cents, limit_cents=limit_cents))


def give_back_allowance(creator: User, cents: int, *, week: date) -> None:
    """Give cents back to the week they were taken from."""
    WeeklyAllowance.objects.filter(creator=creator, week=week).update(used_cents=F("used_cents") - cents)
