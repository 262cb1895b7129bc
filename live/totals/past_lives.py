"""The past lives of a creator: sums over all of them, and a picture of the latest."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Sum

from live.models import Creator, LiveSession, Settlement
from live.totals.charts import Canvas
from payouts.worth import diamonds_to_cents

CANVAS = Canvas()


class PastLives(NamedTuple):
    """Sums over all ended lives: how many, gifts, points, and cents, each at the rate of its settlement."""

    lives: int
    gifts: int
    points: int
    cents: int


class Column(NamedTuple):
    """A live and its bar in the picture."""

    session: LiveSession
    x: int
    y: int
    height: int


class Picture(NamedTuple):
    """Points of lives, the oldest at the left."""

    columns: list[Column]
    width: int

    @property
    def best(self) -> LiveSession:
        return max(self.columns, key=lambda column: column.session.settlement.points).session


def past_lives_of(creator: Creator) -> PastLives:
    """Return the PastLives of a creator. One query, a row for each rate."""
    settled = Settlement.objects.filter(session__creator=creator).order_by().values_list("rate_micros")
    sums = settled.annotate(Count("pk"), Sum("gifts"), Sum("points"), Sum("diamonds"))
    rows = [(lives, gifts, points, diamonds_to_cents(diamonds, rate)) for rate, lives, gifts, points, diamonds in sums]
    return PastLives(*map(sum, zip(*rows, strict=True))) if rows else PastLives(0, 0, 0, 0)


def draw_lives(sessions: Sequence[LiveSession]) -> Picture | None:
    """Return the Picture of ended lives, given the newest first; None if none of them has points."""
    oldest_first = sessions[::-1]
    points = [session.settlement.points for session in oldest_first]
    if not any(points):
        return None
    columns = [Column(session, *bar) for session, bar in zip(oldest_first, CANVAS.bars(points), strict=True)]
    return Picture(columns, CANVAS.bar_width(len(columns)))
