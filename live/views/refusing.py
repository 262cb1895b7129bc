"""The notice of a refused tap: its words, and the links that help further."""

from typing import NamedTuple
from uuid import UUID

from django.shortcuts import resolve_url

from live.gifts.taps import LiveHasEnded, NotEnoughCoins, OwnLimitReached
from live.room.page import Shortfall, shortfall_of
from people.refusals import Refusal
from wallet.errands import Errand


class Refused(NamedTuple):
    """The only value that `live/room/_refusal.html` reads, so that no variable of the page around it can shadow one."""

    words: str
    room_url: str
    came_too_late: bool
    is_own_limit: bool
    shortfall: Shortfall | None

    @property
    def errand(self) -> str:
        """Return the query string of a recharge for the gift, with the way back to the tray."""
        if self.shortfall is None:
            return ""
        slug = self.shortfall.gift.slug
        return Errand(self.shortfall.in_all, slug, f"{self.room_url}?gift={slug}#tray").query


def describe_refusal(refusal: Refusal, session_id: UUID, slug: str | None = None) -> Refused:
    """Return the notice of a refusal in a room; `slug` names the gift that was tapped."""
    return Refused(
        words=str(refusal),
        room_url=resolve_url("room", session_id),
        came_too_late=isinstance(refusal, LiveHasEnded),
        is_own_limit=isinstance(refusal, OwnLimitReached),
        shortfall=shortfall_of(refusal, slug or "") if isinstance(refusal, NotEnoughCoins) else None,
    )
