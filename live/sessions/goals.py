"""Goals: points or gifters that a creator would like a live to reach, and its progress."""

from typing import NamedTuple

from live.feed.tallies import gifter_count, totals_of
from live.models import LiveSession
from people.refusals import Refusal

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
    def next_target(self) -> int | None:
        """The goal to offer once this one is reached: a multiple at least half a goal ahead; None above the largest."""
        times = -(-(2 * self.so_far + self.target) // (2 * self.target))
        target = max(2, times) * self.target
        return target if target <= (LARGEST_GOAL_GIFTERS if self.counts_people else LARGEST_GOAL_POINTS) else None

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


def take_next_goal(session: LiveSession, *, reached: int) -> Goal | None:
    """Give a running live the next goal after the one that is reached; return its Goal as it stands then.

    A repeat, and a goal that isn't reached, change nothing. Raise Refusal once the live has ended.
    """
    goal = goal_of(session)
    if not session.is_live:
        raise Refusal("This live has ended. What it was for stays as it was.")
    if goal is None or not goal.is_reached or goal.target != reached or goal.next_target is None:
        return goal
    running = LiveSession.objects.filter(pk=session.pk, ended_at=None, goal=reached, goal_kind=session.goal_kind)
    running.update(goal=goal.next_target)
    session.refresh_from_db(fields=["goal", "goal_kind"])
    return goal_of(session)
