"""Goals: what a creator would like a live to reach, and how far it has come."""

from typing import NamedTuple

from live.models import LiveSession
from live.tallies import gifter_count, totals_of

LARGEST_GOAL_POINTS = 100_000_000
LARGEST_GOAL_GIFTERS = 1_000_000


class Goal(NamedTuple):
    """A goal in points or in different gifters, and what has come so far."""

    kind: str
    target: int
    so_far: int

    @property
    def is_reached(self):
        return self.so_far >= self.target

    @property
    def counts_people(self):
        return self.kind == LiveSession.Goal.GIFTERS


def goal_of(session):
    """Return the Goal of a live, or None: it has none, or takes no gifts. Two statements at most."""
    if not (session.goal and session.gifts_open):
        return None
    if session.goal_kind == LiveSession.Goal.GIFTERS:
        return Goal(session.goal_kind, session.goal, gifter_count(session))
    return Goal(session.goal_kind, session.goal, totals_of([session])[session.pk].points)
