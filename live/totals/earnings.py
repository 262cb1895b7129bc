"""Earnings of a creator: by week, of the running live, and the gifts missing to a sum."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from live.feed.tallies import with_totals
from live.gifts.catalog import catalog
from live.models import Creator, Gift, LiveSession, Settlement
from live.totals.charts import Canvas, step_of
from payouts.withdrawals.allowance import week_of
from payouts.worth import diamonds_to_cents

WEEKS = 12
# Twelve steps of 30 units; the template's bars are 18 wide, so an indent of 6 centres them.
CANVAS, INDENT = Canvas(width=360, base=126, height=120), 6
MOST_LINES = 4


class Week(NamedTuple):
    """One ISO week (its Monday, in UTC): its settlements, in cents at the rates of then, and its column."""

    monday: date
    diamonds: int
    cents: int
    lives: int
    x: int = 0
    y: int = 0
    height: int = 0


class Earnings(NamedTuple):
    """The last 12 weeks, the oldest first, and the lines of the picture, `step` cents apart."""

    weeks: list[Week]
    lines: list[int]
    step_cents: int

    @property
    def best(self) -> Week:
        return max(self.weeks, key=lambda week: week.cents)

    @property
    def is_empty(self) -> bool:
        return not any(week.cents for week in self.weeks)


def earned_by_week(creator: Creator) -> Earnings:
    """Return the Earnings of a creator. One query."""
    this_week = week_of(timezone.now())
    mondays = [this_week - timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]
    since = datetime.combine(mondays[0], time(), UTC)
    # A live ends and settles at the same moment. Filter by the end, because that column has the index.
    settled = Settlement.objects.filter(session__creator=creator, session__ended_at__gte=since).order_by()
    # Group by rate too, so that each diamond counts at its rate when it settled.
    rows = settled.values_list(TruncWeek("settled_at", tzinfo=UTC), "rate_micros")
    found = {monday: [0, 0, 0] for monday in mondays}
    for week, micros, diamonds, lives in rows.annotate(diamonds=Sum("diamonds"), lives=Count("pk")):
        sums = (diamonds, diamonds_to_cents(diamonds, micros), lives)
        # A server whose clock is ahead may settle a live in a week that hasn't begun here.
        before = found.get(week.date(), [0, 0, 0])
        found[week.date()] = [one + more for one, more in zip(before, sums, strict=True)]
    return _drawn([Week(monday, *found[monday]) for monday in mondays])


def running_live(creator: Creator) -> LiveSession | None:
    """Return the creator's running live with `points_so_far`, or None. One query."""
    return with_totals(creator.sessions.filter(ended_at=None)).first()


def gifts_to_go(diamonds: int) -> tuple[int, Gift] | None:
    """Return (number, gift) that together bring that many diamonds, of the dearest gift that costs no more.

    4,800 diamonds are 2 Tall Ships of 3,000. None if no gift is on offer.
    """
    gift = catalog().filter(coins__lte=diamonds).order_by("-coins", "order").first()  # type: ignore[misc]
    return (-(-diamonds // gift.coins), gift) if gift else None


def plural(name: str) -> str:
    """Return the plural of a gift's name: Drama Queen, Drama Queens; Torch, Torches; Penny, Pennies."""
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def _drawn(weeks: list[Week]) -> Earnings:
    most = max(week.cents for week in weeks)
    step = step_of(most, MOST_LINES)
    scale = step * max(1, -(-most // step))
    bars = CANVAS.bars([week.cents for week in weeks], full=scale, indent=INDENT)
    columns = [week._replace(**bar._asdict()) for week, bar in zip(weeks, bars, strict=True)]
    lines = [CANVAS.top(at, scale) for at in range(step, scale + 1, step)]
    return Earnings(columns, lines, step)
