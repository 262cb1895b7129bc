"""Statements: a creator's month or year in gifts, diamonds and dollars. Months are those of UTC.

A statement consists of lines. A line is a sum over one month: of its settled lives, or of the withdrawals that reached
a status. Closed months come from StatementLine; the others are summed from settlements and steps. Worths are micros and
never rounded here, so the months add up to the year and every page to its parts.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from live.models import Settlement, StatementClosing, StatementLine
from payouts.models import Withdrawal, WithdrawalStep
from payouts.worth import Breakdown, Rates, diamonds_to_micros, where_coins_go
from people.models import User
from wallet.models import CoinRate

Kind = StatementLine.Kind
GIVEN_BACK = (Kind.FAILED, Kind.CANCELLED, Kind.RETURNED, Kind.CAME_BACK)
# The site didn't exist before. The bound also keeps years out that `date` can't hold.
FIRST_YEAR = 2020


class Period(NamedTuple):
    """A month, or a year (`month` is 0), in UTC."""

    year: int
    month: int = 0

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def last(self) -> date:
        month = self.month or 12
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def after(self) -> date:
        """The first day after the period."""
        return self.last + timedelta(days=1)

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}" if self.month else str(self.year)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)

    def has_begun(self) -> bool:
        return self.first <= today()

    def is_running(self) -> bool:
        return self.has_begun() and today() < self.after


class Totals(NamedTuple):
    """A number of lives or withdrawals, their diamonds, and the cents of withdrawals."""

    count: int = 0  # type: ignore[assignment]
    diamonds: int = 0
    cents: int = 0

    def plus(self, other: "Totals", sign: int = 1) -> "Totals":
        return Totals(*(one + sign * more for one, more in zip(self, other, strict=True)))


class EarnedAt(NamedTuple):
    """Diamonds that were settled at one rate, and their worth in micros."""

    rate_micros: int
    diamonds: int
    micros: int


class Statement:
    """The income, the withdrawals and the balances of a period, computed from lines without a query.

    `opening` and `closing` are diamonds that could be withdrawn. `pending` counts those of open withdrawals.
    """

    def __init__(self, period: Period, lines: Sequence[StatementLine]) -> None:
        self.period = period
        self.before = [line for line in lines if line.month < period.first]
        self.lines = [line for line in lines if period.first <= line.month < period.after]

    @property
    def is_empty(self) -> bool:
        return not (self.before or self.lines)

    @property
    def is_running(self) -> bool:
        return self.period.is_running()

    # Diamonds: opening + earned - requested + given back = closing.

    @cached_property
    def opening(self) -> int:
        return _available(self.before)

    @cached_property
    def closing(self) -> int:
        return self.opening + _available(self.lines)

    @cached_property
    def earned(self) -> Totals:
        return _total(self.lines, Kind.EARNED)

    @cached_property
    def requested(self) -> Totals:
        return _total(self.lines, Kind.REQUESTED)

    @cached_property
    def given_back(self) -> Totals:
        return _total(self.lines, *GIVEN_BACK)

    # Withdrawals on their way: pending before + requested - paid - stopped = pending.

    @cached_property
    def pending_before(self) -> Totals:
        return _pending(self.before)

    @cached_property
    def pending(self) -> Totals:
        return self.pending_before.plus(_pending(self.lines))

    @cached_property
    def paid(self) -> Totals:
        return _total(self.lines, Kind.PAID)

    @cached_property
    def stopped(self) -> Totals:
        """Withdrawals that ended without having been paid: failed, returned or cancelled."""
        return _total(self.lines, Kind.FAILED, Kind.RETURNED, Kind.CANCELLED)

    @cached_property
    def came_back(self) -> Totals:
        """Withdrawals that were returned after they had been paid, in this period or an earlier one."""
        return _total(self.lines, Kind.CAME_BACK)

    @property
    def kept(self) -> Totals:
        """Paid withdrawals, minus those that came back."""
        return self.paid.plus(self.came_back, -1)

    def of_kind(self, kind: str) -> Totals:
        return _total(self.lines, kind)

    # Gifts: viewers paid = commission + earned, in micros.

    @cached_property
    def gifts(self) -> int:
        return sum(line.gifts for line in self.lines)

    @property
    def coins(self) -> int:
        """The coins that viewers gave: one coin gave one point, and one point one diamond."""
        return self.earned.diamonds

    @cached_property
    def viewers_micros(self) -> int:
        return sum(_breakdown(line).viewer_micros for line in self.lines)

    @cached_property
    def commission_micros(self) -> int:
        return sum(_breakdown(line).platform_micros for line in self.lines)

    @cached_property
    def earned_micros(self) -> int:
        return sum(_breakdown(line).creator_micros for line in self.lines)

    @cached_property
    def earned_at(self) -> list[EarnedAt]:
        """One EarnedAt for each rate of the period, the lowest first."""
        found: dict[int, int] = {}
        for line in self.lines:
            if line.kind == Kind.EARNED and line.diamonds:
                found[line.rate_micros] = found.get(line.rate_micros, 0) + line.diamonds
        return [EarnedAt(micros, total, diamonds_to_micros(total, micros)) for micros, total in sorted(found.items())]


def statement_of(person: User, period: Period) -> Statement:
    """Return the person's Statement of the period. Four queries, however long their past is."""
    return Statement(period, lines_of(person))


def months_of(year_statement: Statement) -> list[Statement]:
    """Return the Statements of a year's months that have lines, in order."""
    lines = year_statement.before + year_statement.lines
    months = sorted({line.month for line in year_statement.lines})
    return [Statement(Period(month.year, month.month), lines) for month in months]


def every_statement(person: User) -> list[tuple[Statement, list[Statement]]]:
    """Return [(year's Statement, [its months' Statements])] of all years that have lines, newest first."""
    lines = lines_of(person)
    years = sorted({line.month.year for line in lines}, reverse=True)
    statements = [Statement(Period(year), lines) for year in years]
    return [(statement, months_of(statement)[::-1]) for statement in statements]


def lines_of(person: User) -> list[StatementLine]:
    """Return the lines of all of a person's months: stored lines of closed months, and the others summed now."""
    closed = StatementClosing.objects.order_by("-until").values_list("until", flat=True).first()
    if closed is None:
        return sum_up(person=person)
    lines = StatementLine.objects.filter(person=person, month__lt=closed).order_by("month", "id")
    return [*lines, *sum_up(person=person, since=closed)]


def sum_up(*, person: User | None = None, since: date | None = None, until: date | None = None) -> list[StatementLine]:
    """Return unsaved lines summed from settlements and withdrawals: of one person or of all, of [since, until)."""
    settled, steps = Settlement.objects.order_by(), WithdrawalStep.objects.exclude(status="sent").order_by()
    if person is not None:
        settled, steps = settled.filter(session__creator=person.pk), steps.filter(withdrawal__creator=person)
    # A live ends and settles at the same moment; filter by its end, which has an index.
    for edge, day in (("gte", since), ("lt", until)):
        if day is not None:
            moment = midnight(day)
            settled = settled.filter(**{f"session__ended_at__{edge}": moment})
            steps = steps.filter(**{f"at__{edge}": moment})
    return [*_earned_lines(settled), *_withdrawal_lines(steps)]


def today() -> date:
    return timezone.now().astimezone(UTC).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _earned_lines(settled: QuerySet[Settlement]) -> list[StatementLine]:
    coin = CoinRate.objects.filter(starts_at__lte=OuterRef("settled_at")).order_by("-starts_at", "-id")
    rows = settled.annotate(
        month=TruncMonth("settled_at", tzinfo=UTC), coin_micros=Subquery(coin.values("micros")[:1])
    ).values_list("session__creator", "month", "rate_micros", "coin_micros")
    sums = rows.annotate(lives=Count("pk"), given=Sum("gifts"), made=Sum("diamonds"))
    return [
        StatementLine(
            person_id=person, month=month.date(), kind=Kind.EARNED, rate_micros=rate, coin_micros=coin,
            count=lives, gifts=gifts, diamonds=diamonds,
        )
        for person, month, rate, coin, lives, gifts, diamonds in sums
    ]  # fmt: skip


def _withdrawal_lines(steps: QuerySet[WithdrawalStep]) -> list[StatementLine]:
    paid = WithdrawalStep.objects.filter(withdrawal=OuterRef("withdrawal"), status="paid", id__lt=OuterRef("id"))
    rows = steps.annotate(month=TruncMonth("at", tzinfo=UTC), was_paid=Exists(paid)).values_list(
        "withdrawal__creator", "month", "status", "was_paid"
    )
    sums = rows.annotate(n=Count("pk"), diamonds=Sum("withdrawal__diamonds"), cents=Sum("withdrawal__cents"))
    found: dict[tuple[int, date, Kind], Totals] = {}
    for person, month, status, was_paid, *amounts in sums:
        kind = Kind.CAME_BACK if was_paid and status in Withdrawal.GIVEN_BACK else Kind(status)
        place = (person, month.date(), kind)
        found[place] = found.get(place, Totals()).plus(Totals(*amounts))
    return [
        StatementLine(
            person_id=person, month=month, kind=kind, count=sums.count, diamonds=sums.diamonds, cents=sums.cents
        )
        for (person, month, kind), sums in found.items()
    ]


def _total(lines: Sequence[StatementLine], *kinds: str) -> Totals:
    matching = [line for line in lines if line.kind in kinds]
    return Totals(*(sum(getattr(line, field) for line in matching) for field in Totals._fields))


def _available(lines: Sequence[StatementLine]) -> int:
    """Return the sum that the lines add to the diamonds that can be withdrawn."""
    came_in = _total(lines, Kind.EARNED, *GIVEN_BACK).diamonds
    return came_in - _total(lines, Kind.REQUESTED).diamonds


def _pending(lines: Sequence[StatementLine]) -> Totals:
    """Return the Totals that the lines add to open withdrawals."""
    ended = _total(lines, Kind.PAID, Kind.FAILED, Kind.RETURNED, Kind.CANCELLED)
    return _total(lines, Kind.REQUESTED).plus(ended, -1)


def _breakdown(line: StatementLine) -> Breakdown:
    """Return the split of a line's coins between platform and creator; all zero for a line of withdrawals."""
    return where_coins_go(line.diamonds if line.kind == Kind.EARNED else 0, Rates(line.coin_micros, line.rate_micros))
