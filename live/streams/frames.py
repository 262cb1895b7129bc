"""Frames: the bytes of a stream (`text/event-stream`), rendered once for all listeners."""

import re
from typing import NamedTuple

from django.template.loader import render_to_string

from live.feed.cursors import cursor_text
from live.feed.feed import Part
from live.room.page import LARGE_GIFT_COINS

LINES = re.compile(r"\r\n|\r|\n")


class Frame(NamedTuple):
    """The bytes of one tick, from one place of the feed to another. Without taps both places are the same."""

    after: int
    upto: int
    data: bytes


def event(text: str, *, place: int | None = None, name: str | None = None) -> bytes:
    """Return an event. Its id is the cursor from which a listener resumes; without an id the browser keeps the last."""
    lines = [f"event: {name}"] if name else []
    if place is not None:
        lines.append(f"id: {cursor_text(place)}")
    lines += [f"data: {line}" for line in LINES.split(text)]
    return ("\n".join(lines) + "\n\n").encode()


# The comment keeps proxies from closing the connection. Scripts can't see comments, so they get an event.
HEARTBEAT = b": still here\nevent: beat\ndata: -\n\n"
# The first bytes of a stream. `retry` is the browser's pause before it reconnects, in milliseconds.
OPENING = b"retry: 3000\n" + HEARTBEAT
# The last event of a stream whose live goes on: the page connects again with its cursor.
AGAIN = event("resume", name="again")


def render_feed(part: Part, points: int) -> str:
    """Return the rows of a Part with the points so far and the cursor, for a frame or the answer to a poll."""
    cursor = cursor_text(part.upto)
    context = {"taps": part.taps, "points": points, "cursor": cursor, "large": LARGE_GIFT_COINS}
    return render_to_string("live/room/_feed.html", context)
