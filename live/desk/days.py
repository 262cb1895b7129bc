"""Sums of the whole platform by day, in UTC. Closed days are rows; the days after them are summed from indexes.

A gift counts on the day its live ended, as in statements: then its coins became diamonds. A recharge and a withdrawal
count on the day of their transfer of dollars, and one that came back counts below zero on the day it came.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Count, Expression, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from live.models import ClosedDay, Creator, Follow, GifterTally, LiveTerms, Settlement
from payouts.models import ProviderReport
from payouts.withdrawals.approvals import BY_OPERATOR
from payouts.worth import Rates, where_coins_go
from people.models import User
from wallet.accounts import CENTS_PLATFORM, CENTS_VIEWERS, COINS_ISSUANCE
from wallet.coins import MICROS_PER_CENT
from wallet.models import CoinRate, Reason, Transfer

# A transaction that began before midnight has committed by then, and servers' clocks differ by less.
AFTER = timedelta(hours=1)
A_DAY = timedelta(days=1)
ZERO = Value(0, output_field=BigIntegerField())
# Rows of any model, with columns that a query adds.
Rows = QuerySet[Any, Any]


class Figures(NamedTuple):
    """The sums of a day or of several; the fields are the columns of ClosedDay."""

    recharges: int = 0
    coins: int = 0
    cents: int = 0
    lives: int = 0
    gifts: int = 0
    points: int = 0
    gift_cents: int = 0
    kept_micros: int = 0
    payouts: int = 0
    paid_cents: int = 0
    fee_cents: int = 0
    gifters: int = 0
    new_people: int = 0

    def plus(self, other: "Figures") -> "Figures":
        return Figures(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def kept_cents(self) -> int:
        """The cents that the platform keeps of the gifts, less the fees that payout providers reported."""
        return self.kept_micros // MICROS_PER_CENT - self.fee_cents


# The columns of a count and a sum of the first query, by what they count.
COLUMNS: dict[str, tuple[str | None, str | None]] = {
    COINS_ISSUANCE.name: ("recharges", "coins"),
    CENTS_VIEWERS.name: (None, "cents"),
    CENTS_PLATFORM.name: ("payouts", "paid_cents"),
    "gifters": ("gifters", None),
    "fees": (None, "fee_cents"),
    "people": ("new_people", None),
}


def sum_days(since: date | None = None, until: date | None = None) -> dict[date, Figures]:
    """Return {day: Figures} of the days of [since, until) on which anything happened. Two queries."""
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, day, count, amount in _counted(since, until):
        for column, number in zip(COLUMNS[kind], (count, amount), strict=True):
            if column:
                found[day][column] += int(number)
    for day, rate, coin, lives, gifts, points in _settled(since, until):
        split = where_coins_go(points, Rates(coin, rate))
        sums = found[day]
        sums["lives"] += lives
        sums["gifts"] += gifts
        sums["points"] += points
        sums["kept_micros"] += split.platform_micros
        sums["gift_micros"] += split.viewer_micros
    return {day: _as_figures(sums) for day, sums in sorted(found.items())}


def close_days() -> int:
    """Write the sums of the days that are over and not closed yet; return how many. Safe to repeat."""
    over = (timezone.now() - AFTER).astimezone(UTC).date()
    last = ClosedDay.objects.order_by("-day").values_list("day", flat=True).first()
    if last is not None and last + A_DAY >= over:
        return 0
    since = last + A_DAY if last else None
    sums = sum_days(since, over)
    first = since or min(sums, default=over - A_DAY)
    days = [first + number * A_DAY for number in range((over - first).days)]
    rows = [ClosedDay(day=day, **sums.get(day, Figures())._asdict()) for day in days]
    if rows:
        rows[-1].creators = creators_with_gifts()
    try:
        with transaction.atomic():
            # The unique key stops the second of two workers.
            ClosedDay.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:
        if ClosedDay.objects.filter(day=over - A_DAY).exists():
            return 0
        raise
    return len(rows)


def creators_with_gifts() -> int:
    """Return how many creators have enough followers to receive gifts. It counts every follow."""
    needed = LiveTerms.objects.at().followers_needed
    if not needed:
        return Creator.objects.count()
    counts = Follow.objects.order_by().values("creator").annotate(followers=Count("pk"))
    return counts.filter(followers__gte=needed).count()


def today() -> date:
    return timezone.now().astimezone(UTC).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _as_figures(sums: dict[str, int]) -> Figures:
    sums["gift_cents"] = sums.pop("gift_micros", 0) // MICROS_PER_CENT
    return Figures(**sums)


def _within(rows: Rows, moment: str, since: date | None, until: date | None) -> Rows:
    """Return the rows of [since, until) by the column of a moment, with their `day`."""
    for edge, day in (("gte", since), ("lt", until)):
        if day is not None:
            rows = rows.filter(**{f"{moment}__{edge}": midnight(day)})
    return rows.order_by().annotate(day=TruncDate(moment, tzinfo=UTC))


def _counted(since: date | None, until: date | None) -> Iterator[tuple[str, date, int, int]]:
    """Yield (key of COLUMNS, day, count, sum): one query of five parts."""
    accounts = (COINS_ISSUANCE, CENTS_VIEWERS, CENTS_PLATFORM)
    names = [account.name for account in accounts]
    # No gift debits these accounts. The condition is that of a partial index.
    moved = Transfer.objects.filter(reverses=None, debit__in=names).exclude(reason=Reason.GIFT)
    back = Transfer.objects.filter(reverses__isnull=False, reverses__debit__in=names)
    reports = ProviderReport.objects.filter(fee_cents__isnull=False).exclude(provider__startswith=BY_OPERATOR)
    earlier = reports.filter(withdrawal=OuterRef("withdrawal"), id__lt=OuterRef("id")).order_by("-id")
    # A later report may name another fee: only the difference is new.
    fees = reports.annotate(new=F("fee_cents") - Coalesce(Subquery(earlier.values("fee_cents")[:1]), 0))
    given = GifterTally.objects.filter(session__settlement__isnull=False)
    parts = [
        _part(_within(moved, "created_at", since, until), F("debit"), Count("pk"), Sum("amount")),
        _part(_within(back, "created_at", since, until), F("reverses__debit"), -Count("pk"), -Sum("amount")),
        _part(_within(fees, "at", since, until), Value("fees"), Count("pk"), Sum("new")),
        _part(
            _within(given, "session__settlement__settled_at", since, until),
            Value("gifters"),
            Count("viewer", distinct=True),
            ZERO,
        ),
        _part(_within(User.objects.all(), "date_joined", since, until), Value("people"), Count("pk"), ZERO),
    ]
    # Django 6.1 gives a union the order of its model, which the union has no column for.
    return parts[0].union(*parts[1:], all=True).order_by().iterator()


def _part(rows: Rows, kind: F | Value, count: Expression, amount: Expression) -> Rows:
    grouped = rows.annotate(kind=kind).values("kind", "day").annotate(count=count, amount=amount)
    return grouped.values_list("kind", "day", "count", "amount")


def _settled(since: date | None, until: date | None) -> Rows:
    """Return rows (day, rate, price of a coin, lives, gifts, points) of settlements."""
    coin = CoinRate.objects.filter(starts_at__lte=OuterRef("settled_at")).order_by("-starts_at", "-id")
    rows = _within(Settlement.objects.all(), "settled_at", since, until)
    rows = rows.annotate(coin_micros=Subquery(coin.values("micros")[:1]))
    grouped = rows.values_list("day", "rate_micros", "coin_micros")
    return grouped.annotate(lives=Count("pk"), given=Sum("gifts"), made=Sum("points"))
