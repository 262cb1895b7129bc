"""The newest events of a live, for its creator: gift combos, new followers and test gifts, one line for each."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from live.faces import Face, face_of
from live.feed.cursors import START, cursor_text
from live.feed.feed import latest_taps
from live.feed.rows import placed_taps
from live.gifts.combos import Combo, combos_of
from live.models import Follow, GiftTap, LiveSession, TestGift
from live.room.page import RANKS_COINS

ROWS = 10
# A bound for each of the other kinds keeps gifts visible when many people follow at once.
MOST_FOLLOWS = MOST_TESTS = 4


class Happening(NamedTuple):
    """One line: a combo, a test gift, or, with neither, a new follower."""

    at: datetime
    face: Face
    combo: Combo | None = None
    test: TestGift | None = None


class Happenings(NamedTuple):
    """The newest lines, newest first, the newest tap's cursor, and a mark that changes with them."""

    lines: list[Happening]
    cursor: str
    mark: str


def what_happened(session: LiveSession) -> Happenings:
    """Return the Happenings of a live. Four queries."""
    combos = latest_combos(session)
    follows = _new_follows(session)
    tests = list(session.test_gifts.select_related("gift").order_by("-pk")[:MOST_TESTS])
    face = Face("test", "Test gift", session.creator.user.avatar)
    lines = [Happening(combo.created_at, combo.face, combo=combo) for combo in combos]
    lines += [Happening(one.created_at, face_of(one.follower, session.pk, one.as_somebody)) for one in follows]
    lines += [Happening(test.created_at, face, test=test) for test in tests]
    lines.sort(key=lambda line: line.at, reverse=True)
    place = combos[0].last_place if combos else START
    newest = [place, *(rows[0].pk if rows else 0 for rows in (follows, tests))]
    # The mark includes the minute, because the page also shows times.
    mark = ".".join(map(str, newest)) + f".{timezone.now():%H%M}"
    return Happenings(lines[:ROWS], cursor_text(place), mark)


def latest_combos(session: LiveSession) -> list[Combo]:
    """Return the newest Combos of a live, newest first. Two queries."""
    return combos_of(latest_taps(session, limit=10 * ROWS))[::-1]


def newest_ovation(session: LiveSession) -> GiftTap | None:
    """Return the newest gift that turned the stage gold, with its shown message, or None. One query."""
    return placed_taps(session).filter(price__gte=RANKS_COINS[-1]).order_by("-placed__place").first()


def _new_follows(session: LiveSession) -> list[Follow]:
    # Read the creator's newest follows by the index and filter here: a filter by time in SQL could scan old rows.
    newest = Follow.objects.filter(creator=session.creator_id).select_related("follower").order_by("-pk")
    return [one for one in newest[:MOST_FOLLOWS] if one.created_at >= session.started_at]
