"""The rows of the feed: taps with place, viewer, gift and shown message.

A room's reader asks for them four times a second. The ORM takes twice as long to build that query as the database to
run it, so it is built once for the process, with stand-ins for its two values.
"""

from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery

from live.comments.comments import shown_comments
from live.feed.tallies import points_beside
from live.models import Gift, GiftTap, LiveSession
from people.models import User

OF_TAP = ("id", "name", "art", "price", "quantity", "coins")
OF_VIEWER = ("id", "name", "avatar")
OF_GIFT = ("id", "slug")
# The parts of a row, in this order.
COLUMNS = [
    *OF_TAP,
    *(f"viewer__{name}" for name in OF_VIEWER),
    *(f"gift__{name}" for name in OF_GIFT),
    "as_somebody",
    "place",
    "said",
    "said_id",
    "points_so_far",
]
# No session has this key, and no tap this place.
A_SESSION, A_PLACE = LiveSession(pk=UUID(int=0)), -(10**12)


def placed_taps(session: LiveSession) -> QuerySet[GiftTap]:
    """Return the taps of a session that have a place, each with it, its viewer, gift and shown message."""
    taps = GiftTap.objects.filter(placed__session=session.pk).annotate(place=F("placed__place"))  # type: ignore[no-redef]
    message = shown_comments().filter(tap=OuterRef("pk")).order_by()
    said = {"said": Subquery(message.values("text")), "said_id": Subquery(message.values("pk"))}
    return taps.annotate(**said).select_related("viewer", "gift")


def taps_behind(session: LiveSession, place: int, limit: int) -> list[GiftTap]:
    """Return the taps of placed_taps() behind a place, at most `limit`, each with `points_so_far` of the session.

    One query. The taps, viewers and gifts have what a row shows; other fields are read when they are asked for.
    """
    query, stand_ins = _query_behind(connection.vendor, limit)
    key, no_key = (_key_of(each) for each in (session, A_SESSION))
    values = [key if value == no_key else type(value)(place) if value == A_PLACE else value for value in stand_ins]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [_tap(row, session) for row in cursor.fetchall()]


@cache
def _query_behind(vendor: str, limit: int) -> tuple[str, tuple[Any, ...]]:
    """Return the query of taps_behind() on this kind of database, and its values with stand-ins among them."""
    behind = placed_taps(A_SESSION).filter(placed__place__gt=A_PLACE).order_by("placed__place")
    rows = behind.annotate(points_so_far=points_beside(A_SESSION)).values_list(*COLUMNS)[:limit]  # type: ignore[no-redef]
    return rows.query.sql_with_params()


def _key_of(session: LiveSession) -> Any:
    return LiveSession._meta.pk.get_db_prep_value(session.pk, connection)


def _tap(row: tuple[Any, ...], session: LiveSession) -> GiftTap:
    tap = GiftTap.from_db(connection.alias, OF_TAP, row[:6])
    tap.viewer = User.from_db(connection.alias, OF_VIEWER, row[6:9])
    tap.gift = Gift.from_db(connection.alias, OF_GIFT, row[9:11])
    tap.session_id = session.pk
    as_somebody, tap.place, tap.said, tap.said_id, points = row[11:]
    tap.as_somebody, tap.points_so_far = bool(as_somebody), int(points)
    return tap
