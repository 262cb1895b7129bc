"""What the picture of an ended live says, which its creator may share. It names nobody but the creator, and no dollars.

The picture itself is drawn by static/js/share_image.js, in the creator's browser.
"""

from typing import NamedTuple

from live.totals.stats import busiest_minute, gifts_received, whole_minutes

# So many kinds of gifts have room for their art.
MOST_GIFTS = 5


class Fact(NamedTuple):
    """A number of a live in words, and whether the picture shows it unless its creator says otherwise."""

    number: int
    words: str
    unit: str = ""
    is_chosen: bool = True


class ShareImage(NamedTuple):
    """`large`: the fact that stands out; `facts`: those beside it; `gifts`: what was given, the most first."""

    large: Fact
    facts: list
    gifts: list


def share_image_of(session):
    """Return what may stand on the picture of an ended live, given with its outcome. Two statements."""
    settled, busiest = session.settlement, busiest_minute(session)
    lasted = Fact(whole_minutes(session.started_at, session.ended_at), "live", "minutes")
    has_gifts = settled.gifts > 0
    facts = [
        _counted(settled.gifters, "gifter"),
        Fact(busiest.gifts if busiest else 0, "in a single minute"),
        lasted,
        Fact(session.peak_viewers, "watching at once", is_chosen=not has_gifts),
        _counted(session.new_followers, "new follower", is_chosen=not has_gifts),
        # A point is a coin that somebody paid for: who sees points can tell the dollars.
        _counted(settled.points, "point", is_chosen=False),
    ]
    large = _counted(settled.gifts, "gift") if has_gifts else lasted
    beside = [fact for fact in facts if fact.number and fact != large]
    return ShareImage(large, beside, list(gifts_received(session)[:MOST_GIFTS]))


def _counted(number, one, *, is_chosen=True):
    return Fact(number, one if number == 1 else f"{one}s", is_chosen=is_chosen)
