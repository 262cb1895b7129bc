"""Goals: points or gifters that a creator would like a live to reach, and its progress."""

from typing import NamedTuple

from live.feed.tallies import gifter_count, totals_of
from live.models import LiveSession

LARGEST_GOAL_POINTS = 100_000_000
LARGEST_GOAL_GIFTERS = 1_000_000


class Goal(NamedTuple):
    """A goal in points or in different gifters, and the number so far."""

    kind: str
    target: int
    so_far: int

    @property
    def is_reached(self) -> bool:
        return self.so_far >= self.target

    @property
    def counts_people(self) -> bool:
        return self.kind == LiveSession.Goal.GIFTERS


def goal_at(session: LiveSession, *, points: int, gifters: int) -> Goal | None:
    """Return the Goal of a live whose numbers are known, or None: it has none, or takes no gifts."""
    if not (session.goal and session.gifts_open):
        return None
    return Goal(session.goal_kind, session.goal, gifters if session.goal_kind == LiveSession.Goal.GIFTERS else points)


def goal_of(session: LiveSession) -> Goal | None:
    """Return the Goal of a live as it stands now, or None. Two queries at most, none without a goal."""
    if not (session.goal and session.gifts_open):
        return None
    if session.goal_kind == LiveSession.Goal.GIFTERS:
        return goal_at(session, points=0, gifters=gifter_count(session))
    return goal_at(session, points=totals_of([session])[session.pk].points, gifters=0)
