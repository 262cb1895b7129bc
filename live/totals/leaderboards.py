"""Leaderboards: supporters by points or by lives, of a week and of all lives of a creator. By name only."""

from datetime import UTC, date, datetime, time

from django.utils import timezone

from live.models import Creator, Supporter
from live.totals.supporters import Supporters
from payouts.withdrawals.allowance import week_of

PLACES = 10


def leaderboards_of(creator: Creator, by: str = "lives") -> dict[str, date | list[Supporter]]:
    """Return the first ten of this ISO week (UTC) and of all time, by `lives` or by `points`; the running live counts.

    Each is a list of Supporters' rows. Three queries.
    """
    running = creator.sessions.filter(ended_at=None).first()
    monday = week_of(timezone.now())
    since = datetime.combine(monday, time(), UTC)
    return {
        "monday": monday,
        "week": Supporters(creator, by, since=since, running=running)[0:PLACES],
        "all_time": Supporters(creator, by, running=running)[0:PLACES],
    }
