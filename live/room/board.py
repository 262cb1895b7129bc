"""The board of a room: what stands beside its taps. Unlike the feed it has no past: it is shown as it is now.

Each part is a template with one root element, whose id is the part's name. The page includes them all; the stream and
the poll send those that changed, and the page puts each where its id is.
"""

import hashlib

from django.template.loader import render_to_string

from live.comments.comments import latest_comments
from live.gifts import test_gifts as samples
from live.room.presence import viewers_now
from live.sessions.goals import goal_of
from live.sessions.video import video_of
from live.totals.gifters import FIRST, Gifters


def title(session):
    return {"title": session.title}


def viewers(session):
    return {"viewers": viewers_now(session)}


def comments(session):
    return {"comments": latest_comments(session)}


def goal(session):
    return {"goal": goal_of(session)}


def test_gifts(session):
    # Read by whoever shows them. The page of a room doesn't: it gets them with the first board.
    return {"test_gifts": samples.shown_now(session)}


def video(session):
    return {"video": video_of(session)}


def gifters(session):
    return {"gifters": Gifters(session)[:FIRST] if session.gifts_open else []}


# {template: what it needs to know of a session}. A reader asks for all of them about once a second, once per process.
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


# What the page of a room shows at once. The other parts come with its first board, which saves statements.
AT_ONCE = [comments, goal, video]


def lay_out_page(session):
    """Return what a page needs of the parts that it shows before the first board has come."""
    return _lay_out(AT_ONCE, session)


def read_board(session):
    """Return {template: HTML} of the board as it is now."""
    context = {"live": session, **_lay_out(dict.fromkeys(PARTS.values()), session)}
    return {part: render_to_string(part, context) for part in PARTS}


def mark_of_board(board):
    """Return what names a board's state, so that a reader who has it needn't get it again."""
    return hashlib.sha256("".join(board.values()).encode()).hexdigest()[:16]


def _lay_out(knowing, session):
    """Return what templates need to know. One or two statements for each part, those that know alike once."""
    return {name: value for know in knowing for name, value in know(session).items()}
