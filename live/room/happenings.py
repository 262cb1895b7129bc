"""What just happened in a live, for its creator: gift combos, new followers and test gifts, one line for each."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from live.faces import Face, face_of
from live.feed.cursors import START, cursor_text
from live.feed.feed import latest_taps
from live.gifts.combos import Combo, combos_of
from live.models import Follow, SampleGift

ROWS = 10
# However many begin to follow, or try things out, gifts stay in sight.
MOST_FOLLOWS = MOST_TESTS = 4


class Happening(NamedTuple):
    """One line. `combo` or `test` says what was sent; with neither, somebody began to follow."""

    at: datetime
    face: Face
    combo: Combo | None = None
    test: SampleGift | None = None


class Happenings(NamedTuple):
    """The newest lines, the newest first, the newest tap's cursor, and what names this state."""

    lines: list
    cursor: str
    mark: str


def what_happened(session, now=None):
    """Return the Happenings of a live. Four statements."""
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
    # And the minute, because the page also tells the time.
    mark = ".".join(map(str, newest)) + f".{(now or timezone.now()):%H%M}"
    return Happenings(lines[:ROWS], cursor_text(place), mark)


def latest_combos(session):
    """Return the newest Combos of a live, the newest first. Two statements."""
    return combos_of(latest_taps(session, limit=10 * ROWS))[::-1]


def _new_follows(session):
    # The newest of all, which an index finds, however long ago the last one was.
    newest = Follow.objects.filter(creator=session.creator_id).select_related("follower").order_by("-pk")
    return [one for one in newest[:MOST_FOLLOWS] if one.created_at >= session.started_at]
