"""Frames: what travels through a stream, as bytes of `text/event-stream`. Made once for everybody who gets them."""

import re
from typing import NamedTuple

from django.template.loader import render_to_string

from live.feed.cursors import cursor_text
from live.room.page import LARGE_GIFT_COINS

LINES = re.compile(r"\r\n|\r|\n")


class Frame(NamedTuple):
    """The bytes of one tick, which lead from a place of the feed to another (the same one, if they carry no taps)."""

    after: int
    upto: int
    data: bytes


def event(text, *, place=None, name=None):
    """Return an event. Its id is the cursor from which a listener resumes; without one the last id stays."""
    lines = [f"event: {name}"] if name else []
    if place is not None:
        lines.append(f"id: {cursor_text(place)}")
    lines += [f"data: {line}" for line in LINES.split(text)]
    return ("\n".join(lines) + "\n\n").encode()


# A comment for whatever stands in between, and an event for scripts, to which browsers don't show comments.
HEARTBEAT = b": still here\nevent: beat\ndata: -\n\n"
# Sent at the beginning: the browser's own pause before it reconnects, in milliseconds.
OPENING = b"retry: 3000\n" + HEARTBEAT
# The stream ends here for now; whoever wants more connects again with its cursor.
AGAIN = event("resume", name="again")


def render_feed(part, points):
    """Return the rows of a Part with the points so far and the cursor: what the poll answers and a frame carries."""
    cursor = cursor_text(part.upto)
    context = {"taps": part.taps, "points": points, "cursor": cursor, "large": LARGE_GIFT_COINS}
    return render_to_string("live/room/_feed.html", context)
