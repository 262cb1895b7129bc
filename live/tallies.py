"""Points of a session: what the worker has counted plus the taps behind that, so a page never adds up a million."""

from typing import NamedTuple

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from live.feed import behind, complete, in_feed_order
from live.models import LiveSession, SessionTally

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


def tally_sessions():
    """Count what live sessions received since the last tally; return how many tallies moved on."""
    moved = 0
    for session in LiveSession.objects.filter(ended_at=None):
        tally = SessionTally.objects.filter(session=session).first()
        while len(batch := _next_batch(session, tally)) >= TALLY_EVERY:
            tally = _move_on(session, tally, batch)
            moved += 1
    return moved


def _next_batch(session, tally):
    """Return (transaction id, id, coins, quantity) of the next taps behind the tally, in feed order."""
    taps = behind(session.taps.all(), tally.tap_id) if tally else session.taps.all()
    return list(in_feed_order(complete(taps)).values_list("transaction_id", "id", "coins", "quantity")[:BATCH])


def _move_on(session, tally, batch):
    transaction_id, tap_id, _, _ = batch[-1]
    values = {
        "transaction_id": transaction_id,
        "tap_id": tap_id,
        "points": (tally.points if tally else 0) + sum(coins for _, _, coins, _ in batch),
        "gifts": (tally.gifts if tally else 0) + sum(quantity for *_, quantity in batch),
    }
    return SessionTally.objects.update_or_create(session=session, defaults=values)[0]
