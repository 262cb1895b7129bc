"""Widgets: the goal, who gave most, and the last gifts, each a transparent page of its own for OBS."""

from collections.abc import Callable

from live.feed.feed import latest_taps
from live.gifts.combos import combos_of
from live.models import LiveSession, Overlay
from live.sessions.goals import goal_of
from live.totals.gifters import Gifters
from people.answers import Context

MOST_GIFTERS = 5
MOST_GIFTS = 5
# Taps from which the last combos are made.
MOST_TAPS = 40


def goal(session: LiveSession) -> Context:
    return {"goal": goal_of(session)}


def gifters(session: LiveSession) -> Context:
    return {"gifters": Gifters(session)[:MOST_GIFTERS]}


def latest(session: LiveSession) -> Context:
    return {"combos": combos_of(latest_taps(session, limit=MOST_TAPS))[-MOST_GIFTS:][::-1]}


WIDGETS: dict[str, Callable[[LiveSession], Context]] = {"goal": goal, "gifters": gifters, "latest": latest}


def lay_out_widget(overlay: Overlay, name: str) -> Context:
    """Return the context of a widget for the creator's running live; without one, `session` is None."""
    if overlay.session_id is None:
        return {"session": None}
    session = LiveSession.objects.select_related("creator__user").get(pk=overlay.session_id)
    return {"session": session, **WIDGETS[name](session)}
