"""Tallies: points and gifts of a live up to a place in its feed, in all and by gifter.

The worker updates them, so a page never sums a million taps: it reads the tally and the taps behind it. The end of a
live counts the rest, so the tallies of ended lives are complete.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, Max, Min, OuterRef, QuerySet, Sum
from django.db.models.expressions import RawSQL

from live.feed.cursors import LARGEST_ID, START
from live.feed.placing import last_decided_tap, place_taps, place_the_rest
from live.models import GiftTap, LiveSession, SessionTally, Supporter, TapPlace

# The worker writes a tally only once this many taps are behind it.
TALLY_EVERY = 200
BATCH = 5_000


class Totals(NamedTuple):
    """Points and gifts of a session so far."""

    points: int
    gifts: int


# Taps behind the tally of a session: no place yet, or a later one. The scalar subquery has each place looked up by key.
NOT_COUNTED = """tap.id > COALESCE((SELECT all_up_to FROM live_sessiontally WHERE session_id = {session}), 0)
      AND COALESCE((SELECT place FROM live_tapplace WHERE tap_id = tap.id)
        > (SELECT place FROM live_sessiontally WHERE session_id = {session}), true)"""
COUNTED = "SELECT tally.{} FROM live_sessiontally tally WHERE tally.session_id = live_livesession.id"
NOT_YET = """SELECT COALESCE(SUM(tap.{}), 0) FROM live_gifttap tap
    WHERE tap.session_id = live_livesession.id AND """ + NOT_COUNTED.format(session="live_livesession.id")  # noqa: S608
# The points of one session, as a column of a query that reads something else of it.
POINTS_OF = f"""COALESCE((SELECT points FROM live_sessiontally WHERE session_id = %s), 0)
    + (SELECT COALESCE(SUM(tap.coins), 0) FROM live_gifttap tap
      WHERE tap.session_id = %s AND {NOT_COUNTED.format(session="%s")})"""  # noqa: S608
NOT_COUNTED_IDS = f"""SELECT tap.id FROM live_gifttap tap
    WHERE tap.session_id = %s AND {NOT_COUNTED.format(session="%s")}"""  # noqa: S608
# CASE, because least and greatest have other names on SQLite.
ADD_GIFTERS = """INSERT INTO live_giftertally
    (session_id, viewer_id, as_somebody, points, gifts, first_gave_at, last_gave_at) {gave}
    ON CONFLICT (session_id, viewer_id, as_somebody) DO UPDATE SET
      points = live_giftertally.points + excluded.points,
      gifts = live_giftertally.gifts + excluded.gifts,
      first_gave_at = CASE WHEN excluded.first_gave_at < live_giftertally.first_gave_at
        THEN excluded.first_gave_at ELSE live_giftertally.first_gave_at END,
      last_gave_at = CASE WHEN excluded.last_gave_at > live_giftertally.last_gave_at
        THEN excluded.last_gave_at ELSE live_giftertally.last_gave_at END"""


def with_totals(sessions: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    """Annotate live sessions with `points_so_far` and `gifts_so_far`."""
    totals = {
        f"{total}_so_far": RawSQL(  # noqa: S611
            f"COALESCE(({COUNTED.format(total)}), 0) + ({NOT_YET.format(column)})", [], BigIntegerField()
        )
        for total, column in (("points", "coins"), ("gifts", "quantity"))
    }
    return sessions.annotate(**totals)


def points_beside(session: LiveSession) -> RawSQL:
    """Return an expression for the points of one session. It depends on no row, so a query computes it once."""
    return _sql_of(session, POINTS_OF)


def totals_of(sessions: Iterable[LiveSession]) -> dict[UUID, Totals]:
    """Return {session id: Totals} of the sessions: one query, however many sessions and taps."""
    rows = with_totals(LiveSession.objects.filter(pk__in=[session.pk for session in sessions]).order_by())
    return {pk: Totals(points, gifts) for pk, points, gifts in rows.values_list("pk", "points_so_far", "gifts_so_far")}  # type: ignore[misc]


def gifter_count(session: LiveSession) -> int:
    """Return the number of faces that gave in a live so far; by name and as Somebody are two. One query."""
    # Counting them once would reveal that a name and a Somebody of the list are one person.
    late = not_yet_counted(session).order_by().values("viewer", "as_somebody")
    # A union removes duplicates.
    return session.gifter_tallies.order_by().values("viewer", "as_somebody").union(late).count()


def first_timers(session: LiveSession) -> int:
    """Return the number of people who give by name in a running live and never did to this creator. One query.

    Earlier givers have a Supporter row, so this costs one index lookup for each gifter.
    """
    late = not_yet_counted(session).filter(as_somebody=False).order_by()
    counted = session.gifter_tallies.filter(as_somebody=False).order_by()
    before = Supporter.objects.filter(creator=session.creator_id, viewer=OuterRef("viewer"))
    new = [gave.filter(~Exists(before)).values("viewer") for gave in (counted, late)]
    return new[0].union(new[1]).count()


def tally_of(session: LiveSession) -> SessionTally | None:
    """Return the SessionTally of a session as it is now, or None."""
    return SessionTally.objects.filter(session=session.pk).first()


def not_yet_counted(session: LiveSession) -> QuerySet[GiftTap]:
    """Return the taps of a session behind its tally, including those without a place."""
    return session.taps.filter(pk__in=_sql_of(session, NOT_COUNTED_IDS))


def _sql_of(session: LiveSession, query: str) -> RawSQL:
    """Return a query as an expression. Each of its placeholders is the session."""
    key = LiveSession._meta.pk.get_db_prep_value(session.pk, connection)
    return RawSQL(query, [key] * query.count("%s"), BigIntegerField())  # noqa: S611


def tally_sessions() -> int:
    """Count the taps of running lives behind their tallies; return how many updates that took."""
    sessions = list(LiveSession.objects.filter(ended_at=None))
    # Read this before placing taps: then every decided tap has a place afterwards.
    decided = last_decided_tap() if sessions else 0
    return sum(_move_on(session, decided) for session in sessions)


def finish_tally(session: LiveSession) -> Totals:
    """Count the rest of a live that ends now; return its Totals.

    Call it in the transaction that locks the session's row: every accepted tap is committed, and later ones wait.
    """
    tally, newest = tally_of(session), place_the_rest(session)
    if newest > place_of(tally):
        tally = _count(session, tally, newest, LARGEST_ID)
    return Totals(tally.points, tally.gifts) if tally else Totals(0, 0)


def place_of(tally: SessionTally | None) -> int:
    return tally.place if tally else START


def _move_on(session: LiveSession, decided: int) -> int:
    """Count taps of a live in batches until few are left; return the number of batches."""
    newest, moved = place_taps(session, at_most=None), 0
    # None: another process holds the room's lock, so decided taps may lack a place.
    while newest is not None and newest - place_of(tally := tally_of(session)) >= TALLY_EVERY:
        with transaction.atomic():
            # Lock against another worker and the end of the live. Without the key, so taps don't wait.
            LiveSession.objects.select_for_update(no_key=True).get(pk=session.pk)
            if place_of(tally_of(session)) != place_of(tally):
                return moved
            _count(session, tally, min(newest, place_of(tally) + BATCH), decided)
            moved += 1
    return moved


def _count(session: LiveSession, tally: SessionTally | None, place: int, decided: int) -> SessionTally:
    """Add the taps behind the tally, up to the place, to the tallies of the session and of its gifters.

    Every tap with an id up to `decided` has a place, at or after `place`.
    """
    behind = {"placed__session": session.pk, "placed__place__gt": place_of(tally), "placed__place__lte": place}
    taps = GiftTap.objects.filter(**behind).order_by()
    sums = taps.aggregate(points=Sum("coins"), gifts=Sum("quantity"))
    gave = taps.values("session", "viewer", "as_somebody").annotate(
        Sum("coins"), Sum("quantity"), Min("created_at"), Max("created_at")
    )
    query, values = gave.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(ADD_GIFTERS.format(gave=query), values)
    later = TapPlace.objects.filter(session=session, place__gt=place).aggregate(first=Min("tap"))["first"]
    fields = {
        "place": place,
        "all_up_to": max(tally.all_up_to if tally else 0, min(decided, later - 1 if later else decided)),
        "points": (tally.points if tally else 0) + sums["points"],
        "gifts": (tally.gifts if tally else 0) + sums["gifts"],
    }
    return SessionTally.objects.update_or_create(session=session, defaults=fields)[0]
