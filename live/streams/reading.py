"""The queries of streams. They run in threads of their own, never on the event loop, and keep no connection."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.template.loader import render_to_string

from live.feed.feed import Part, newest_place, points_with, read_feed
from live.feed.placing import place_taps
from live.models import LiveSession
from live.room import presence
from live.room.board import Board
from live.room.page import enter_room, set_scene
from live.streams.frames import Frame, event, render_feed
from live.streams.threads import Threads
from people.models import User

T = TypeVar("T")

# Fields that a creator may change while a live runs; the board shows them.
MAY_CHANGE = ["title", "goal_kind", "goal", "video_url"]
# Threads for the readers of rooms. Catching up has one thread of its own, so it delays no reader.
THREADS = 2


class Beginning(NamedTuple):
    """The live, and the newest place in its feed, where a reader starts."""

    session: LiveSession
    place: int


class Reading(NamedTuple):
    """One read of the feed: a frame if there are new taps, and whether the live is over and all its taps are read."""

    frame: Frame | None
    is_over: bool


class Readers:
    """The threads that query. Their number is fixed, and idle threads keep no connection open."""

    def __init__(self) -> None:
        self._pool = Threads(THREADS, "stream-reader")
        self._late = Threads(1, "stream-late")

    def submit(self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        return self._pool.submit(_ask, work, *arguments)

    def submit_late(self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Submit work for a listener that must catch up first."""
        return self._late.submit(_ask, work, *arguments)

    def close(self) -> None:
        for pool in (self._pool, self._late):
            pool.close()


def _ask(work: Callable[..., T], *arguments: Any) -> T:
    try:
        return work(*arguments)
    finally:
        # Return the connection to the pool. Otherwise the thread would keep it for the life of the process.
        connections.close_all()


def begin(session_id: UUID) -> Beginning:
    session = LiveSession.objects.select_related("creator__user").get(pk=session_id)
    newest = place_taps(session)
    return Beginning(session, newest_place(session) if newest is None else newest)


def read_on(session: LiveSession, place: int, look: bool) -> Reading:
    """Read the taps behind the place, also those that have no place yet, and render them for all listeners.

    One query, one more if there are taps, and with `look` one for the live itself.
    """
    if look and session.is_live:
        session.refresh_from_db(fields=["ended_at", *MAY_CHANGE])
    part = read_feed(session, place)
    if part.upto != place:
        return Reading(frame_of(session, place, part), False)
    return Reading(None, not session.is_live)


def look_at_board(board: Board, session: LiveSession, viewers: int | None) -> dict[str, str]:
    """Return the parts of a room's board. First write how many viewers this process serves, unless that is None."""
    if viewers is not None:
        presence.say_viewers(session.pk, presence.process_of("streams"), viewers)
        presence.keep_peak(session, presence.viewers_now(session))
    return board.read(session)


def leave(session_id: UUID) -> None:
    """Delete this process's row of viewers in a live."""
    presence.say_viewers(session_id, presence.process_of("streams"), 0)


def catch_up(session: LiveSession, place: int, until: int) -> Frame | None:
    """Read the taps behind a listener's place, up to `until`, where a kept frame begins; return a Frame or None."""
    part = read_feed(session, place)
    if part.upto > until >= place:
        part = Part([tap for tap in part.taps if tap.place <= until], until)
    return frame_of(session, place, part) if part.upto != place else None


def frame_of(session: LiveSession, after: int, part: Part) -> Frame:
    text = render_feed(part, points_with(session, part))
    return Frame(after, part.upto, event(text, place=part.upto))


def end_card(session: LiveSession) -> bytes:
    """Return the event that ends a live, with the end card as a reader sees it who isn't signed in."""
    live = enter_room(session.pk, AnonymousUser())
    card = render_to_string("live/room/_curtain.html", set_scene(live, AnonymousUser()))
    return event(card, name="end")


def deactivated(people: Collection[int]) -> set[int]:
    """Return which of the people (primary keys) are deactivated."""
    return set(User.objects.filter(pk__in=people, is_active=False).values_list("pk", flat=True))
