"""The feed: the taps of a live in the order of their places, behind the room, its poll and its stream.

A cursor is a place. Each reader first gives places to committed taps (live/feed/placing.py), so the feed up to a
cursor is complete and never changes.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from live.feed.cursors import START, Cursor
from live.feed.placing import place_taps
from live.feed.rows import placed_taps, taps_behind
from live.feed.tallies import totals_of
from live.models import GiftTap, LiveSession, TapPlace
from people.models import User

MOST_AT_A_TIME = 200


class Part(NamedTuple):
    """Some taps in feed order, and the place up to which a page has everything then.

    That place is before the one asked for if the database was restored from an older backup meanwhile.
    """

    taps: list[GiftTap]
    upto: int


def find_place(session: LiveSession, cursor: Cursor) -> int:
    """Return the place that a Cursor names in a session. No query, unless it names a tap."""
    if cursor.tap_id is None:
        return cursor.place
    # An unknown tap counts as the last known one before it.
    place_taps(session)
    before = session.taps.filter(id__lte=cursor.tap_id).order_by("-id").values_list("placed__place", flat=True)
    return before.first() or START


def read_feed(session: LiveSession, place: int, limit: int = MOST_AT_A_TIME) -> Part:
    """Return the Part of the feed behind a place, at most `limit` taps, each with its `place`, viewer and gift.

    Taps and points of the session are read in the same query.

    Committed taps without a place get one first. One query, and one more if there are taps.
    """
    newest = place_taps(session)
    if newest is not None and newest <= place:
        return Part([], newest)
    taps = taps_behind(session, place, limit)
    return Part(taps, taps[-1].place if taps else place)


def points_with(session: LiveSession, part: Part) -> int:
    """Return the points that a page shows beside a Part. A query only if it has no taps."""
    return part.taps[-1].points_so_far if part.taps else totals_of([session])[session.pk].points


def taps_after(session: LiveSession, place: int, limit: int = MOST_AT_A_TIME) -> list[GiftTap]:
    return read_feed(session, place, limit).taps


def latest_taps(
    session: LiveSession, limit: int = 20, giver: User | None = None, is_placed: bool = False
) -> list[GiftTap]:
    """Return the last taps of the feed, oldest first, as a list. Each knows `given`: the giver's coins up to the last.

    One query reads both, so no tap is both in `given` and behind the last one, or in neither. A query before it
    places taps, unless `is_placed`.
    """
    if not is_placed:
        place_taps(session)
    newest = placed_taps(session).order_by("-placed__place")
    if giver is not None:
        newest = newest.annotate(given=Coalesce(Subquery(_coins_of(giver, session)), 0))  # type: ignore[no-redef]
    return list(newest[:limit])[::-1]


def newest_place(session: LiveSession) -> int:
    return TapPlace.objects.filter(session=session.pk).order_by("-place").values_list("place", flat=True).first() or 0


def _coins_of(giver: User, session: LiveSession) -> QuerySet[GiftTap, Any]:
    # From the start of the live on, because the index is on viewer and moment. Clocks of servers may differ a little.
    since = session.started_at - timedelta(minutes=1)
    own = GiftTap.objects.filter(viewer=giver, created_at__gte=since, session=session, placed__isnull=False)
    return own.order_by().values("session").annotate(total=Sum("coins")).values("total")
