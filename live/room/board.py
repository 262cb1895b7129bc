"""The board of a room: the title, viewers, comments, goal, test gifts, video and gifters beside its taps.

Unlike the feed, the board has no past: readers always get its present state. Each part is a template with one root
element, whose id is the part's name. The page includes all parts. The stream and the poll send the parts that changed,
and the page replaces the element with the same id.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from django.db import connection
from django.db.models import QuerySet
from django.template.loader import render_to_string

from live.comments.comments import SHOWN_IN_ROOM, latest_comments, shown_comments
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
    return {"test_gifts": list(shown_now(session))}


def video(session: LiveSession) -> Context:
    return {"video": video_of(session)}


def gifters(session: LiveSession) -> Context:
    return {"gifters": Gifters(session)[:FIRST] if session.gifts_open else []}


Know: TypeAlias = Callable[[LiveSession], Context]
Rows: TypeAlias = list[tuple[Any, ...]]

# {template: function that returns its context}.
PARTS: dict[str, Know] = {
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


def _lay_out(knowing: Iterable[Know], session: LiveSession) -> Context:
    """Return the context of several parts, by one or two queries for each."""
    return {name: value for know in knowing for name, value in know(session).items()}


# --- The board of a room's reader ---------------------------------------------------------------


def _shown_comments(session: LiveSession) -> QuerySet[Any, Any]:
    """The changing content of the part with the comments, without the models around it."""
    shown = shown_comments().filter(session=session).order_by("-id")
    return shown.values_list("id", "author__name", "author__avatar")[:SHOWN_IN_ROOM]


def _newest_test_gift(session: LiveSession) -> QuerySet[Any, Any]:
    return session.test_gifts.order_by("-id").values_list("id")[:1]


# {function of a part: rows that tell whether its context changed}. These contexts are models: reading them costs most
# of a board, and two of them with one key count as equal. Other contexts are compared by their values.
SIGNS: dict[Know, Callable[[LiveSession], QuerySet[Any, Any]]] = {
    comments: _shown_comments,
    test_gifts: _newest_test_gift,
}


class Seen(NamedTuple):
    """The context of a part, and the rows that told that it has changed; None without such rows."""

    context: Context
    sign: Rows | None


class Board:
    """The board of one live as its reader last saw it. Parts that haven't changed aren't rendered again.

    A room's reader looks about once a second in each process, and mostly one or two parts have changed.
    """

    def __init__(self, session: LiveSession) -> None:
        self._seen: dict[Know, Seen] = {}
        self._html: dict[str, str] = {}
        # Compiled once: Django would build the same queries at each look, which costs more than to run them.
        self._signs = {know: ask(session).query.sql_with_params() for know, ask in SIGNS.items()}

    def read(self, session: LiveSession) -> dict[str, str]:
        """Return {template: HTML} of the board as it is now."""
        seen = {know: self._look(know, session) for know in dict.fromkeys(PARTS.values())}
        html = {}
        for part, know in PARTS.items():
            is_same = seen[know] is self._seen.get(know)
            html[part] = (
                self._html[part] if is_same else render_to_string(part, {"live": session, **seen[know].context})
            )
        # Only now: a query that fails leaves the parts and what is known of them as they were, both.
        self._seen, self._html = seen, html
        return html

    def _look(self, know: Know, session: LiveSession) -> Seen:
        """Return what a part shows now: the Seen of last time if nothing has changed."""
        before, sign = self._seen.get(know), self._sign_of(know)
        # A test gift goes by itself. Once none is shown, only a newer one changes that.
        may_go = know is test_gifts and before is not None and bool(before.context["test_gifts"])
        if before and sign is not None and before.sign == sign and not may_go:
            return before
        context = know(session)
        if before and sign is None and before.context == context:
            return before
        return Seen(context, sign)

    def _sign_of(self, know: Know) -> Rows | None:
        if know not in self._signs:
            return None
        with connection.cursor() as cursor:
            cursor.execute(*self._signs[know])
            return cursor.fetchall()
