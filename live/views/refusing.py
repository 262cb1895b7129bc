"""The notice of a refused tap: its words, and what leads on from it."""

from typing import NamedTuple
from uuid import UUID

from django.shortcuts import resolve_url

from live.gifts import LiveHasEnded, NotEnoughCoins, OwnLimitReached
from live.rooms import Shortfall, shortfall_of
from people.refusals import Refusal


class Refused(NamedTuple):
    """The one value that `live/_refusal.html` reads: no name of the page around it can take the place of another."""

    words: str
    room_url: str
    came_too_late: bool
    is_own_limit: bool
    shortfall: Shortfall | None


def describe_refusal(refusal: Refusal, session_id: UUID, slug: str = "") -> Refused:
    """Return the notice of a refusal in a room; `slug` names the gift that was tapped."""
    return Refused(
        words=str(refusal),
        room_url=resolve_url("room", session_id),
        came_too_late=isinstance(refusal, LiveHasEnded),
        is_own_limit=isinstance(refusal, OwnLimitReached),
        shortfall=shortfall_of(refusal, slug) if isinstance(refusal, NotEnoughCoins) else None,
    )
