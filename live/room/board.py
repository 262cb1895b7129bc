"""The board of a room: the title, viewers, comments, goal, test gifts, video and gifters beside its taps.

Unlike the feed, the board has no past: readers always get its present state. Each part is a template with one root
element, whose id is the part's name. The page includes all parts. The stream and the poll send the parts that changed,
and the page replaces the element with the same id.
"""

import hashlib
from collections.abc import Callable, Iterable

from django.template.loader import render_to_string

from live.comments.comments import latest_comments
from live.gifts.test_gifts import shown_now
from live.models import LiveSession
from live.room.presence import viewers_now
from live.sessions.goals import goal_of
from live.sessions.video import video_of
from live.totals.gifters import FIRST, Gifters
from people.answers import Context


def title(session: LiveSession) -> Context:
    return {"title": session.title}


def viewers(session: LiveSession) -> Context:
    return {"viewers": viewers_now(session)}


def comments(session: LiveSession) -> Context:
    return {"comments": latest_comments(session)}


def goal(session: LiveSession) -> Context:
    return {"goal": goal_of(session)}


def test_gifts(session: LiveSession) -> Context:
    # The page of a room doesn't render test gifts: they come with the first board.
    return {"test_gifts": shown_now(session)}


def video(session: LiveSession) -> Context:
    return {"video": video_of(session)}


def gifters(session: LiveSession) -> Context:
    return {"gifters": Gifters(session)[:FIRST] if session.gifts_open else []}


# {template: function that returns its context}. A room's reader renders all parts about once a second in each process.
PARTS = {
    "live/room/_title.html": title,
    "live/room/_viewers.html": viewers,
    "live/room/_comments.html": comments,
    "live/room/_goal.html": goal,
    "live/room/_test_gifts.html": test_gifts,
    "live/room/_video.html": video,
    "live/room/_top_gifters.html": gifters,
    "live/room/_standings.html": gifters,
}


# The parts in the first response of a room. The others come with the first board, which saves queries.
AT_ONCE = [comments, goal, video]


def lay_out_page(session: LiveSession) -> Context:
    """Return the template context of the parts in the first response of a room."""
    return _lay_out(AT_ONCE, session)


def read_board(session: LiveSession) -> dict[str, str]:
    """Return {template: HTML} of the board as it is now."""
    context = {"live": session, **_lay_out(dict.fromkeys(PARTS.values()), session)}
    return {part: render_to_string(part, context) for part in PARTS}


def mark_of_board(board: dict[str, str]) -> str:
    """Return a hash of the board, so that a poll with the same hash gets no answer body."""
    return hashlib.sha256("".join(board.values()).encode()).hexdigest()[:16]


def _lay_out(knowing: Iterable[Callable[[LiveSession], Context]], session: LiveSession) -> Context:
    """Return the context of several parts, by one or two queries for each."""
    return {name: value for know in knowing for name, value in know(session).items()}
