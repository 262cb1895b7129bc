"""A creator's withdrawal back to the lives whose diamonds it took, and to the gifts that those diamonds came from."""

from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator

from live.models import GiftTap, LiveSession
from live.tracing.places import gifts_between
from live.tracing.purchases import taps_of
from payouts import worth
from payouts.diamonds import diamonds_of
from payouts.models import Withdrawal
from wallet import ledger
from wallet.models import Reason
from wallet.replay import Slice, replay_of

LIVES_PER_PAGE = 25
GIFTS_PER_PAGE = 50


class Taken(NamedTuple):
    """Diamonds of one live that a withdrawal took: their worth at its rate, and their numbers among the live's."""

    session: LiveSession
    diamonds: int
    micros: int
    slices: list[Slice]


class GiftTaken(NamedTuple):
    """A tap, and how many of its diamonds the withdrawal took."""

    tap: GiftTap
    transfer_id: int
    diamonds: int


def follow_withdrawal(withdrawal: Withdrawal, number: str | None) -> "Page[Taken]":
    """Return a page of the lives whose diamonds the withdrawal took, the oldest first. Five queries.

    An invalid number gives the first page, one too large the last.
    """
    taken = _slices(withdrawal)
    page: Page[Any] = Paginator(list(taken), LIVES_PER_PAGE).get_page(number)
    lives = LiveSession.objects.select_related("creator", "settlement").in_bulk(list(page.object_list))
    page.object_list = [_taken(withdrawal, lives[pk], taken[pk]) for pk in page.object_list]
    return page


def follow_withdrawal_in(
    withdrawal: Withdrawal, session_id: UUID, after: int, most: int | None = None
) -> tuple[Taken, list[GiftTaken], bool]:
    """Return (what the withdrawal took of one live; the gifts behind a transfer's id; whether there are more).

    Raise LiveSession.DoesNotExist if it took nothing there. Ids instead of pages: a live may have a million taps.
    """
    slices = _slices(withdrawal).get(session_id)
    if slices is None:
        raise LiveSession.DoesNotExist
    session = LiveSession.objects.select_related("creator", "settlement").get(pk=session_id)
    most = most or GIFTS_PER_PAGE
    # One coin is one point, and one point is one diamond: the live's diamonds are its coins, in the same order.
    found = gifts_between(session_id, slices, after=after, most=most + 1)
    shown = found[:most]
    taps = taps_of(transfer_id for transfer_id, _ in shown)
    gifts = [GiftTaken(taps[transfer_id], transfer_id, diamonds) for transfer_id, diamonds in shown]
    return _taken(withdrawal, session, slices), gifts, len(found) > most


def _slices(withdrawal: Withdrawal) -> dict[UUID, list[Slice]]:
    """Return {session: the slices of its diamonds that the withdrawal took}, the oldest first."""
    hold = ledger.posted(Reason.HOLD, withdrawal.pk)
    replay = replay_of(diamonds_of(withdrawal.creator))
    taken: dict[UUID, list[Slice]] = {}
    for part in replay:
        if hold and part.transfer_id == hold.pk:
            session_id = replay.sources[part.source].reference
            taken.setdefault(session_id, []).append(Slice(part.source, part.first, part.units))
    return taken


def _taken(withdrawal: Withdrawal, session: LiveSession, slices: list[Slice]) -> Taken:
    diamonds = sum(one.units for one in slices)
    return Taken(session, diamonds, worth.diamonds_to_micros(diamonds, withdrawal.rate_micros), slices)
