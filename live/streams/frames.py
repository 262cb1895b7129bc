"""Frames: what travels through a stream, as bytes of `text/event-stream`. Made once for everybody who gets them."""

import re
from typing import NamedTuple

from django.template.loader import render_to_string

from live.feed import Spot
from live.rooms import LARGE_GIFT_COINS

LINES = re.compile(r"\r\n|\r|\n")


class Frame(NamedTuple):
    """The bytes of one tick, which lead from a spot of the feed to another (the same one, if they carry no taps)."""

    after: Spot
    upto: Spot
    data: bytes


def event(text, *, cursor=None, name=None):
    """Return an event. Its id is the cursor from which a listener resumes; without one the last id stays."""
    lines = [f"event: {name}"] if name else []
    if cursor is not None:
        lines.append(f"id: {cursor}")
    lines += [f"data: {line}" for line in LINES.split(text)]
    return ("\n".join(lines) + "\n\n").encode()


# A comment for whatever stands in between, and an event for scripts, to which browsers don't show comments.
HEARTBEAT = b": still here\nevent: beat\ndata: -\n\n"
# Sent at the beginning: the browser's own pause before it reconnects, in milliseconds.
OPENING = b"retry: 3000\n" + HEARTBEAT
# The stream ends here for now; whoever wants more connects again with its cursor.
AGAIN = event("resume", name="again")


def render_feed(taps, points):
    """Return the rows of some taps with the points so far and the cursor: what the poll answers and a frame carries."""
    return render_to_string("live/_feed.html", {"taps": taps, "points": points, "large": LARGE_GIFT_COINS})
