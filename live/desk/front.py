"""The operator's front page: the platform's money by day and now, who waits, and the lives now."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from live.desk.days import A_DAY, Figures, sum_days, today
from live.desk.pictures import Stack, Stacks, draw_sparkline, draw_stacks
from live.feed.tallies import with_totals
from live.models import ClosedDay, LiveSession, Presence
from live.room.presence import FORGET
from live.totals.stats import whole_minutes
from payouts.models import Withdrawal
from payouts.withdrawals.waiting import waiting_for
from payouts.worth import Rates, coins_to_micros, diamonds_to_cents, rates_at
from people.models import User
from wallet.coins import MICROS_PER_CENT
from wallet.models import Account, Checkout, Kind, Unit

DAYS, A_WEEK = 28, 7
MOST_LIVES, MOST_WAITING, MOST_PAYMENTS = 6, 6, 6


class Day(NamedTuple):
    """One of the last 28 days and its sums."""

    day: date
    sums: Figures

    @property
    def as_filter(self) -> str:
        """The day as a filter of the admin's list of transfers."""
        return urlencode({"created_at__gte": f"{self.day}T00:00Z", "created_at__lt": f"{self.day + A_DAY}T00:00Z"})


class Business:
    """The sums of the last 28 days and of all time. Three queries."""

    def __init__(self) -> None:
        rows = list(ClosedDay.objects.order_by("day").values_list("day", "creators", *Figures._fields))
        closed = {day: Figures(*sums) for day, _, *sums in rows}
        sums = closed | sum_days(max(closed) + A_DAY if closed else None)
        # Creators with enough followers for gifts, and the day they were counted on; None before a day is closed.
        self.creators = next(((count, day) for day, count, *_ in reversed(rows) if count is not None), None)
        now = today()
        self.days = [Day(day, sums.get(day, Figures())) for day in (now - n * A_DAY for n in range(DAYS - 1, -1, -1))]
        self.ever = _added(list(sums.values()))

    @property
    def today(self) -> Day:
        return self.days[-1]

    @property
    def yesterday(self) -> Day:
        return self.days[-2]

    @property
    def first_of_week(self) -> date:
        return self.days[-A_WEEK].day

    @cached_property
    def week(self) -> Figures:
        """The sums of today and the six days before it."""
        return _added([day.sums for day in self.days[-A_WEEK:]])

    @cached_property
    def weeks(self) -> Figures:
        """The sums of all 28 days."""
        return _added([day.sums for day in self.days])

    @cached_property
    def stacks(self) -> Stacks:
        return draw_stacks([(day.sums.cents, day.sums.gift_cents, day.sums.paid_cents) for day in self.days])

    @property
    def drawn(self) -> list[tuple[Day, Stack]]:
        """Return each day with the pieces of its bar, for a template."""
        return list(zip(self.days, self.stacks.days, strict=True))

    def line_of(self, number: Callable[[Figures], int]) -> str:
        """Return the sparkline of a number over the 28 days."""
        return draw_sparkline([number(day.sums) for day in self.days])


class Standing(NamedTuple):
    """Balances at this moment: of all viewers, of all creators, and of open withdrawals."""

    coins: int
    coin_cents: int
    diamonds: int
    diamond_cents: int
    on_the_way: int
    on_the_way_cents: int
    rates: Rates


class Waiting(NamedTuple):
    """Withdrawals that wait for one operator: the oldest, how many in all, and their cents."""

    rows: Sequence[Withdrawal]
    count: int  # type: ignore[assignment]
    cents: int


class PaymentsToLookAt(NamedTuple):
    """Recharges whose provider said what doesn't fit: the oldest, and how many in all."""

    rows: Sequence[Checkout]
    count: int  # type: ignore[assignment]


class LivesNow(NamedTuple):
    """The running lives with the most recent start, and how many there are."""

    rows: Sequence[LiveSession]
    count: int  # type: ignore[assignment]


def standing_now() -> Standing:
    """Return the Standing. Two queries."""
    guarded = Account.objects.filter(kind=Kind.GUARDED).order_by()
    # Diamonds that are held belong to open withdrawals, which count in dollars.
    kind = Case(When(unit=Unit.COIN, then=Value("coins")), When(name__startswith="held:", then=Value("held")))
    balances: QuerySet[Any, Any] = guarded.annotate(of=Coalesce(kind, Value("diamonds"))).values("of")
    balances = balances.annotate(count=Count("pk"), sum=Sum("balance")).values_list("of", "count", "sum")
    open_ones = Withdrawal.objects.filter(status__in=Withdrawal.OPEN).order_by()
    way: QuerySet[Any, Any] = open_ones.annotate(of=Value("on the way")).values("of")
    way = way.annotate(count=Count("pk"), sum=Sum("cents")).values_list("of", "count", "sum")
    found = {of: (int(count), int(total or 0)) for of, count, total in balances.union(way, all=True)}
    _, coins = found.get("coins", (0, 0))
    _, diamonds = found.get("diamonds", (0, 0))
    rates = rates_at()
    return Standing(
        coins,
        coins_to_micros(coins, rates) // MICROS_PER_CENT,
        diamonds,
        diamonds_to_cents(diamonds, rates.diamond_micros),
        *found.get("on the way", (0, 0)),
        rates,
    )


def waiting_now(operator: User) -> Waiting:
    """Return the withdrawals that the operator can act on, the oldest first. One query."""
    rows = waiting_for(operator).select_related("creator", "account__service")
    rows = rows.annotate(all_count=Window(Count("pk")), all_cents=Window(Sum("cents")))  # type: ignore[no-redef]
    first = list(rows.order_by("requested_at", "id")[:MOST_WAITING])
    return Waiting(first, first[0].all_count, first[0].all_cents) if first else Waiting([], 0, 0)


def payments_to_look_at() -> PaymentsToLookAt:
    """Return the recharges that an operator must look at, the oldest first. One query."""
    rows = Checkout.objects.exclude(attention="").select_related("recharge__user")
    rows = rows.annotate(all_count=Window(Count("pk")))  # type: ignore[no-redef]
    first = list(rows.order_by("recharge__started_at", "pk")[:MOST_PAYMENTS])
    return PaymentsToLookAt(first, first[0].all_count if first else 0)


def lives_now(now: datetime | None = None) -> LivesNow:
    """Return the running lives with `viewers`, `points_so_far` and `points_a_minute`. One query."""
    now = now or timezone.now()
    here = Presence.objects.filter(session=OuterRef("pk"), seen_at__gt=now - FORGET).values("session")
    rows: QuerySet[LiveSession] = with_totals(LiveSession.objects.filter(ended_at=None)).select_related("creator")
    rows = rows.annotate(  # type: ignore[no-redef]
        viewers=Subquery(here.annotate(sum=Sum("viewers")).values("sum")), all_count=Window(Count("pk"))
    )
    first = list(rows.order_by("-started_at")[:MOST_LIVES])
    for live in first:
        live.points_a_minute = live.points_so_far // max(1, whole_minutes(live.started_at, now))
    return LivesNow(first, first[0].all_count if first else 0)


def _added(every: list[Figures]) -> Figures:
    total = Figures()
    for one in every:
        total = total.plus(one)
    return total
