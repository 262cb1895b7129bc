"""A live in numbers: its gifts by kind and minute, and its pace."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypedDict

from django.db.models import Max, QuerySet, Sum
from django.db.models.functions import TruncMinute
from django.utils import timezone

from live.creators.creators import follower_count
from live.feed.tallies import with_totals
from live.models import Creator, GiftTap, LiveSession
from live.totals.charts import Canvas

BARS = 20
# A single gift stays visible beside a large number.
CANVAS = Canvas(least=1)
# The studio lists this many gifters.
TOP = 5


class Part(NamedTuple):
    """A bar of the chart, and the gifts of its minutes, which begin at `since`."""

    x: int
    y: int
    height: int
    since: datetime
    gifts: int


class Chart(NamedTuple):
    """Gifts over the time of a live in at most 20 equal parts of whole minutes."""

    bars: list[Part]
    width: int
    minutes: int
    most: int


class Minute(NamedTuple):
    """Gifts and points of one minute of a live, which began at `since`."""

    since: datetime
    gifts: int
    points: int


class GiftSums(TypedDict):
    """One kind of gift in a live, as named when it was sent, and its sums."""

    gift: int
    name: str
    art: str
    gifts: int
    points: int


def sessions_now_live() -> QuerySet[LiveSession]:
    """Return the running lives, the newest first, with creators, totals and `follower_count`. One query."""
    live = LiveSession.objects.filter(ended_at=None).select_related("creator__user", "category")
    return with_totals(live).annotate(follower_count=follower_count(of="creator")).order_by("-started_at", "id")  # type: ignore[no-redef]


def liveliest(sessions: Iterable[LiveSession]) -> LiveSession | None:
    """Return the session that has received the most points, the newest among equals; None without one."""
    return max(sessions, key=lambda session: session.points_so_far, default=None)


def past_sessions(creator: Creator) -> QuerySet[LiveSession]:
    """Return the ended lives of a creator with their settlements, the newest first."""
    return creator.sessions.filter(settlement__isnull=False).select_related("settlement").order_by("-started_at", "id")


def sessions_before(session: LiveSession) -> QuerySet[LiveSession]:
    """Return the creator's ended lives before this one, with their settlements, the newest first."""
    earlier = LiveSession.objects.filter(creator=session.creator_id, started_at__lt=session.started_at)
    return earlier.filter(settlement__isnull=False).select_related("settlement").order_by("-started_at", "id")


def session_before(session: LiveSession) -> LiveSession | None:
    """Return the creator's ended live before this one, with its settlement; None for the first."""
    return sessions_before(session).first()


def whole_minutes(since: datetime, until: datetime) -> int:
    """Return the minutes between two moments, rounded down; 0 between moments in the wrong order."""
    return max(0, int((until - since).total_seconds())) // 60


def minutes_of(session: LiveSession) -> int:
    """Return how many minutes a live has lasted, each begun one counted: 61 seconds are 2."""
    seconds = int(((session.ended_at or timezone.now()) - session.started_at).total_seconds())
    return max(1, -(-seconds // 60))


def tenths_a_minute(session: LiveSession, gifts: int) -> int:
    """Return tenths of gifts a minute of a live, rounded down: 23 gifts in 5 minutes = 46."""
    return gifts * 10 // minutes_of(session)


def gifts_a_minute(session: LiveSession, gifts: int) -> float:
    """Return gifts a minute of a live: 23 gifts in 5 minutes = 4.6."""
    return tenths_a_minute(session, gifts) / 10


def pace_of(ended: LiveSession | None) -> float | None:
    """Return gifts a minute of an ended live; None without one."""
    return gifts_a_minute(ended, ended.settlement.gifts) if ended else None


def gifts_received(session: LiveSession) -> QuerySet[GiftTap, GiftSums]:
    """Return the gifts of a live by kind, as named when sent: name, art, `gifts` and `points`, the most first."""
    kinds = (
        session.taps.order_by()
        .values("gift", "name")
        .annotate(art=Max("art"), gifts=Sum("quantity"), points=Sum("coins"))
    )
    return kinds.order_by("-points", "name")


def chart_of(session: LiveSession) -> Chart:
    """Return the Chart of a live from its start to its end (or now). One query, a row a minute."""
    minutes = minutes_of(session)
    each = -(-minutes // BARS)
    start = session.started_at.replace(second=0, microsecond=0)
    parts = [0] * -(-minutes // each)
    for minute, gifts in _by_minute(session).annotate(gifts=Sum("quantity")):
        parts[min(max((minute - start) // timedelta(minutes=each), 0), len(parts) - 1)] += gifts
    return draw(parts, start, each)


def best_minute(session: LiveSession) -> Minute | None:
    """Return the Minute of a live with the most points, the earliest among equals; None without a gift."""
    return _first_minute(session, "-points")


def busiest_minute(session: LiveSession) -> Minute | None:
    """Return the Minute of a live with the most gifts, the earliest among equals; None without a gift."""
    return _first_minute(session, "-gifts")


def _first_minute(session: LiveSession, order: str) -> Minute | None:
    minutes = _by_minute(session).annotate(gifts=Sum("quantity"), points=Sum("coins"))
    first = minutes.order_by(order, "minute").first()  # type: ignore[misc]
    return Minute(*first) if first else None


def _by_minute(session: LiveSession) -> QuerySet[GiftTap, Any]:
    return session.taps.order_by().annotate(minute=TruncMinute("created_at", tzinfo=UTC)).values_list("minute")


def draw(parts: list[int], since: datetime, each: int) -> Chart:
    """Return the Chart of gifts per part of `each` minutes."""
    drawn = zip(CANVAS.bars(parts), parts, strict=True)
    bars = [Part(*bar, since + timedelta(minutes=number * each), gifts) for number, (bar, gifts) in enumerate(drawn)]
    return Chart(bars, CANVAS.bar_width(len(parts)), each, max(parts))
