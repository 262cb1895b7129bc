"""The facts on the share image of an ended live. It names no person but the creator, and no dollars.

static/js/share_image.js draws the image in the creator's browser.
"""

from typing import NamedTuple

from live.models import LiveSession
from live.totals.stats import GiftSums, busiest_minute, gifts_received, whole_minutes

# The image has space for the art of this many gifts.
MOST_GIFTS = 5


class Fact(NamedTuple):
    """A number of a live in words, and whether the picture shows it by default."""

    number: int
    words: str
    unit: str = ""
    is_chosen: bool = True


class ShareImage(NamedTuple):
    """`large`: the main fact; `facts`: the others; `gifts`: the gifts received, the most frequent first."""

    large: Fact
    facts: list[Fact]
    gifts: list[GiftSums]


def share_image_of(session: LiveSession) -> ShareImage:
    """Return the ShareImage of an ended live that was read with its outcome. Two queries."""
    assert session.ended_at is not None, "only an ended live has an outcome"
    settled, busiest = session.settlement, busiest_minute(session)
    lasted = Fact(whole_minutes(session.started_at, session.ended_at), "live", "minutes")
    has_gifts = settled.gifts > 0
    facts = [
        _counted(settled.gifters, "gifter"),
        Fact(busiest.gifts if busiest else 0, "in a single minute"),
        lasted,
        Fact(session.peak_viewers, "watching at once", is_chosen=not has_gifts),
        _counted(session.new_followers, "new follower", is_chosen=not has_gifts),
        # A point is a paid coin, so points reveal the dollars.
        _counted(settled.points, "point", is_chosen=False),
    ]
    large = _counted(settled.gifts, "gift") if has_gifts else lasted
    beside = [fact for fact in facts if fact.number and fact != large]
    return ShareImage(large, beside, list(gifts_received(session)[:MOST_GIFTS]))


def _counted(number: int, one: str, *, is_chosen: bool = True) -> Fact:
    return Fact(number, one if number == 1 else f"{one}s", is_chosen=is_chosen)
