"""Tallies: what a live has received up to a place in its feed, in all and by gifter.

The worker moves them on, so a page never adds up a million taps: it reads the tally and the taps behind it. The end of
a live counts the rest, so the tallies of ended lives are complete.
"""

from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, Max, Min, OuterRef, Sum
from django.db.models.expressions import RawSQL

from live.feed import START, Spot, behind, complete, in_feed_order, up_to
from live.models import LiveSession, SessionTally, Supporter

# Counting anew is worth a write from here on.
TALLY_EVERY = 200
BATCH = 5_000


class Totals(NamedTuple):
    """What a session has received so far."""

    points: int
    gifts: int


# Row values, so that the index of the feed finds the first tap behind the tally and nothing before it is read.
COUNTED = "SELECT tally.{} FROM live_sessiontally tally WHERE tally.session_id = live_livesession.id"
NOT_YET = """SELECT COALESCE(SUM(tap.{}), 0) FROM live_gifttap tap
    WHERE tap.session_id = live_livesession.id AND (tap.transaction_id, tap.id) > (
      COALESCE((SELECT transaction_id FROM live_sessiontally WHERE session_id = live_livesession.id), -1),
      COALESCE((SELECT tap_id FROM live_sessiontally WHERE session_id = live_livesession.id), 0))"""
# Plain enough for SQLite and PostgreSQL.
ADD_GIFTERS = """INSERT INTO live_giftertally
    (session_id, viewer_id, as_somebody, points, gifts, first_gave_at, last_gave_at) {gave}
    ON CONFLICT (session_id, viewer_id, as_somebody) DO UPDATE SET
      points = live_giftertally.points + excluded.points,
      gifts = live_giftertally.gifts + excluded.gifts,
      first_gave_at = CASE WHEN excluded.first_gave_at < live_giftertally.first_gave_at
        THEN excluded.first_gave_at ELSE live_giftertally.first_gave_at END,
      last_gave_at = CASE WHEN excluded.last_gave_at > live_giftertally.last_gave_at
        THEN excluded.last_gave_at ELSE live_giftertally.last_gave_at END"""


def with_totals(sessions):
    """Annotate live sessions with `points_so_far` and `gifts_so_far`."""
    totals = {
        f"{total}_so_far": RawSQL(  # noqa: S611
            f"COALESCE(({COUNTED.format(total)}), 0) + ({NOT_YET.format(column)})", [], BigIntegerField()
        )
        for total, column in (("points", "coins"), ("gifts", "quantity"))
    }
    return sessions.annotate(**totals)


def totals_of(sessions):
    """Return {session id: Totals} of the sessions: one statement, however many sessions and taps."""
    rows = with_totals(LiveSession.objects.filter(pk__in=[session.pk for session in sessions]).order_by())
    return {pk: Totals(points, gifts) for pk, points, gifts in rows.values_list("pk", "points_so_far", "gifts_so_far")}


def gifter_count(session):
    """Return how many different faces gave in a live so far; by name and as Somebody, one is two. Two statements."""
    # Counted as one, a person in two rows of a list would say who that Somebody is.
    late = not_yet_counted(session, tally_of(session)).order_by().values("viewer", "as_somebody")
    # A union counts nobody twice.
    return session.gifter_tallies.order_by().values("viewer", "as_somebody").union(late).count()


def first_timers(session):
    """Return how many gave by name in a running live who never did in an earlier one of this creator. Two statements.

    Whoever did is a supporter, so this looks one row up for each gifter, however many lives there were.
    """
    late = not_yet_counted(session, tally_of(session)).filter(as_somebody=False).order_by()
    counted = session.gifter_tallies.filter(as_somebody=False).order_by()
    before = Supporter.objects.filter(creator=session.creator_id, viewer=OuterRef("viewer"))
    new = [gave.filter(~Exists(before)).values("viewer") for gave in (counted, late)]
    return new[0].union(new[1]).count()


def tally_of(session):
    """Return the SessionTally of a session as it is now, or None."""
    return SessionTally.objects.filter(session=session.pk).first()


def not_yet_counted(session, tally):
    """Return the taps of a session behind its tally."""
    return behind(session.taps.all(), spot_of_tally(tally))


def spot_of_tally(tally):
    return Spot(tally.transaction_id, tally.tap_id) if tally else START


def tally_sessions():
    """Count what live sessions received since the last tally; return how many tallies moved on."""
    moved = 0
    for session in LiveSession.objects.filter(ended_at=None):
        while _move_on(session):
            moved += 1
    return moved


def finish_tally(session):
    """Count the rest of a live that ends now; return its Totals.

    Within the transaction that holds the session's lock: every accepted tap is there, and no other will come.
    """
    tally = tally_of(session)
    last = in_feed_order(not_yet_counted(session, tally)).values_list("transaction_id", "id").last()
    tally = _count(session, tally, Spot(*last)) if last else tally
    return Totals(tally.points, tally.gifts) if tally else Totals(0, 0)


def _move_on(session):
    """Count the next taps of a live, if there are enough; say whether the tally moved."""
    tally = tally_of(session)
    taps = in_feed_order(complete(not_yet_counted(session, tally))).values_list("transaction_id", "id")
    batch = list(taps[:BATCH])
    if len(batch) < TALLY_EVERY:
        return False
    with transaction.atomic():
        # Waits for another worker and for the end of the live, and holds up no tap.
        LiveSession.objects.select_for_update(no_key=True).get(pk=session.pk)
        if spot_of_tally(tally_of(session)) != spot_of_tally(tally):
            return False
        _count(session, tally, Spot(*batch[-1]))
    return True


def _count(session, tally, spot):
    """Add the taps behind the tally, up to the spot, to the tallies of the session and of its gifters."""
    taps = up_to(not_yet_counted(session, tally), spot).order_by()
    sums = taps.aggregate(points=Sum("coins"), gifts=Sum("quantity"))
    gave = taps.values("session", "viewer", "as_somebody").annotate(
        Sum("coins"), Sum("quantity"), Min("created_at"), Max("created_at")
    )
    statement, values = gave.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(ADD_GIFTERS.format(gave=statement), values)
    fields = {
        "transaction_id": spot.transaction_id,
        "tap_id": spot.id,
        "points": (tally.points if tally else 0) + sums["points"],
        "gifts": (tally.gifts if tally else 0) + sums["gifts"],
    }
    return SessionTally.objects.update_or_create(session=session, defaults=fields)[0]
