"""The feed: one query behind the room, its poll and its stream.

PostgreSQL hands out ids before commit, so a tap with a smaller id can become visible after one with a larger id, and
`id > cursor` would lose it. Taps are read in the order (transaction id, id), and only those of transactions older than
every transaction that is still open: what commits later sorts behind what was read. SQLite has one writer at a time.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import connection, models
from django.db.models import Subquery, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from live.models import GiftTap

MOST_AT_A_TIME = 200


class Spot(NamedTuple):
    """Where a tap stands in the feed. Spots compare as the feed is ordered."""

    transaction_id: int
    id: int


START = Spot(-1, 0)


class Place(models.Func):
    """Where a tap stands in the feed, as a row value: compared in one piece, PostgreSQL finds it in the index."""

    template = "(%(expressions)s)"
    output_field = models.BigIntegerField()


def taps_after(session, cursor, limit=MOST_AT_A_TIME):
    """Return the taps behind the cursor in feed order, with their viewers, at most `limit`.

    The cursor is a tap's id, 0 for all; or its Spot, which saves looking it up.
    """
    # After the end nothing can come any more: what is there is all there is.
    taps = complete(session.taps.all()) if session.is_live else session.taps.all()
    return in_feed_order(behind(taps, cursor)).select_related("viewer", "gift")[:limit]


def latest_taps(session, limit=20, giver=None):
    """Return the last taps of the feed, oldest first, as a list. Each knows `given`: the giver's coins up to the last.

    In the same statement, so that not one tap is both in `given` and behind the last one, or in neither.
    """
    newest = complete(session.taps).order_by("-transaction_id", "-id").select_related("viewer")
    if giver is not None:
        newest = newest.annotate(given=Coalesce(Subquery(_coins_of(giver, session)), 0))
    return list(newest[:limit])[::-1]


def _coins_of(giver, session):
    # Since the start, because the index of a viewer's taps has moments; clocks of servers may differ a little.
    since = session.started_at - timedelta(minutes=1)
    own = complete(GiftTap.objects.filter(viewer=giver, created_at__gte=since, session=session))
    return own.order_by().values("session").annotate(total=Sum("coins")).values("total")


def complete(taps):
    """Keep the taps that no open transaction can still sort before."""
    if connection.vendor != "postgresql":
        return taps
    horizon = RawSQL("(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)", [], models.BigIntegerField())
    return taps.filter(transaction_id__lt=horizon)


def spot_of(tap):
    return Spot(tap.transaction_id, tap.id)


def find_spot(cursor):
    """Return the Spot of the tap that a cursor names; None if it names none."""
    if not cursor:
        return START
    if connection.vendor != "postgresql":
        return Spot(0, cursor)
    found = GiftTap.objects.filter(pk=cursor).values_list("transaction_id", "id").first()
    return Spot(*found) if found else None


def behind(taps, cursor):
    """Keep the taps behind the cursor in feed order; a cursor that names no tap counts by its id alone."""
    if not cursor or cursor == START:
        return taps
    if connection.vendor != "postgresql":
        # Every transaction id is 0 here. SQLite doesn't seek a row value that ends with the primary key; it seeks this.
        return taps.filter(transaction_id=0, id__gt=cursor.id if isinstance(cursor, Spot) else cursor)
    spot = cursor if isinstance(cursor, Spot) else find_spot(cursor)
    if spot is None:
        return taps.filter(id__gt=cursor)
    return taps.filter(GreaterThan(Place("transaction_id", "id"), Place(*map(Value, spot))))


def up_to(taps, spot):
    """Keep the taps up to a Spot, that one included."""
    if connection.vendor != "postgresql":
        return taps.filter(transaction_id=0, id__lte=spot.id)
    return taps.filter(LessThanOrEqual(Place("transaction_id", "id"), Place(*map(Value, spot))))


def in_feed_order(taps):
    return taps.order_by("transaction_id", "id")
