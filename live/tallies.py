"""Points of a session: what the worker has counted so far plus the taps behind that, so a page never adds up a million."""

from django.db.models import Sum
from django.db.models.functions import Coalesce

from live.feed import behind, complete, in_feed_order
from live.models import LiveSession, SessionTally

# Counting anew is worth a write from here on.
TALLY_EVERY = 200


def session_totals(session):
    """Return (points, gifts) of a session: two statements, whatever it has received."""
    tally = SessionTally.objects.filter(session=session).first()
    taps = _behind_tally(session, tally)
    sums = taps.order_by().aggregate(points=Coalesce(Sum("coins"), 0), gifts=Coalesce(Sum("quantity"), 0))
    return (tally.points if tally else 0) + sums["points"], (tally.gifts if tally else 0) + sums["gifts"]


def tally_sessions():
    """Count what live sessions received since the last tally; return how many tallies moved on."""
    moved = 0
    for session in LiveSession.objects.filter(ended_at=None):
        tally = SessionTally.objects.filter(session=session).first()
        while batch := list(in_feed_order(complete(_behind_tally(session, tally)))[:5000]):
            if len(batch) < TALLY_EVERY:
                break
            tally = _move_on(session, tally, batch)
            moved += 1
    return moved


def _behind_tally(session, tally):
    return behind(session.taps.all(), tally.tap_id) if tally else session.taps.all()


def _move_on(session, tally, batch):
    last = batch[-1]
    values = {
        "transaction_id": last.transaction_id,
        "tap": last,
        "points": (tally.points if tally else 0) + sum(tap.coins for tap in batch),
        "gifts": (tally.gifts if tally else 0) + sum(tap.quantity for tap in batch),
    }
    return SessionTally.objects.update_or_create(session=session, defaults=values)[0]
