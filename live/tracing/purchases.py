"""A viewer's coins from their recharge to the lives that got them, and from a gift back to its recharges."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator

from live.gifts.taps import points_of
from live.models import GiftTap, LiveSession
from payouts import worth
from people.models import User
from wallet import ledger
from wallet.lots import Lot, follow_coins, follow_lot, lots_of
from wallet.models import Reason, Recharge, Transfer
from wallet.replay import Part

LOTS_PER_PAGE = 25
LIVES_PER_PAGE = 25
GIFTS_PER_PAGE = 50
OF_A_LIVE = points_of(UUID(int=0)).name.removesuffix(str(UUID(int=0)))


class Given(NamedTuple):
    """Coins that a live got, and their micros: what the viewer paid for them, and what its creator gets.

    The creator's are at the rate of the live's end; while it runs, at the rate of now.
    """

    session: LiveSession
    gifts: int
    coins: int
    paid_micros: int
    creator_micros: int
    parts: Sequence[Part] = ()

    @property
    def kept_micros(self) -> int:
        """The platform's part; below zero if the creator gets more than the viewer paid."""
        return self.paid_micros - self.creator_micros

    @property
    def added_micros(self) -> int:
        return -self.kept_micros


class Gift(NamedTuple):
    """A tap, and how many of its coins came from the lot, with what was paid for them."""

    tap: GiftTap
    coins: int
    paid_micros: int


class Paid(NamedTuple):
    """The part of a gift that one lot paid."""

    lot: Lot
    coins: int
    micros: int


class Purchase(NamedTuple):
    """A lot, and a page of the lives that got coins of it, in the order in which they did."""

    lot: Lot
    page: "Page[Given]"


def page_of_lots(user: User, number: str | None) -> "Page[Lot]":
    """Return a page of the user's lots, the newest first. Four queries.

    An invalid number gives the first page, one too large the last.
    """
    return Paginator(lots_of(user)[::-1], LOTS_PER_PAGE).get_page(number)


def follow_recharge(recharge: Recharge, number: str | None) -> Purchase | None:
    """Return the Purchase of a recharge; None before it is paid. Six queries.

    An invalid number gives the first page, one too large the last.
    """
    found = follow_lot(recharge)
    if found is None:
        return None
    lot, parts = found
    by_live: dict[UUID, list[Part]] = {}
    for part in _given(parts):
        by_live.setdefault(session_of(part), []).append(part)
    page: Page[Any] = Paginator(list(by_live), LIVES_PER_PAGE).get_page(number)
    rates, lives = worth.rates_at(), LiveSession.objects.select_related("creator__user", "settlement")
    known = lives.in_bulk(list(page.object_list))
    page.object_list = [_sum(known[pk], lot, by_live[pk], rates) for pk in page.object_list]
    return Purchase(lot, page)


def follow_recharge_in(recharge: Recharge, session_id: UUID, number: str | None) -> "tuple[Lot, Page[Gift]] | None":
    """Return the lot and a page of its gifts in one live, in their order; None if the live got nothing of it."""
    found = follow_lot(recharge)
    if found is None:
        return None
    lot, parts = found
    here = [part for part in _given(parts) if part.account == points_of(session_id).name]
    page: Page[Any] = Paginator(here, GIFTS_PER_PAGE).get_page(number)
    taps = taps_of(part.transfer_id for part in page.object_list)
    page.object_list = [Gift(taps[one.transfer_id], one.units, lot.micros_of(one)) for one in page.object_list]
    return (lot, page) if here else None


def follow_gift(tap: GiftTap) -> list[Paid]:
    """Return what each lot paid of a tap, the oldest lot first; nothing if the tap was taken back."""
    transfer = ledger.posted(Reason.GIFT, tap.tap_id)
    return paid_for({transfer.pk: tap.viewer})[transfer.pk] if transfer else []


def paid_for(transfers: Mapping[int, User]) -> dict[int, list[Paid]]:
    """Return {transfer id: what each lot paid of it} of taps' transfers, given with their viewers. Four queries."""
    return {
        transfer_id: [Paid(lot, part.units, lot.micros_of(part)) for lot, part in parts if not part.is_undone]
        for transfer_id, parts in follow_coins(transfers).items()
    }


def given_to(session: LiveSession, gifts: int, coins: int, paid_micros: int, rates: worth.Rates) -> Given:
    """Return the Given of coins in a live. `rates` are those of now."""
    rate = rates.diamond_micros if session.is_live else session.settlement.rate_micros
    creator = worth.diamonds_to_micros(worth.points_to_diamonds(coins), rate)
    return Given(session, gifts, coins, paid_micros, creator)


def taps_of(transfer_ids: Iterable[int]) -> dict[int, GiftTap]:
    """Return {transfer id: its tap}. Two queries."""
    references = dict(Transfer.objects.filter(pk__in=list(transfer_ids)).values_list("pk", "reference"))
    taps = GiftTap.objects.filter(tap_id__in=references.values()).select_related("viewer")
    by_id = {tap.tap_id: tap for tap in taps}
    return {pk: by_id[reference] for pk, reference in references.items()}


def session_of(part: Part) -> UUID:
    """Return the session whose points account a part went to."""
    return UUID(part.account.removeprefix(OF_A_LIVE))


def _given(parts: Iterable[Part]) -> list[Part]:
    """Return the parts that lie in a live or were settled there."""
    return [part for part in parts if part.account.startswith(OF_A_LIVE) and not part.is_undone]


def _sum(session: LiveSession, lot: Lot, parts: list[Part], rates: worth.Rates) -> Given:
    gifts = len({part.transfer_id for part in parts})
    coins, micros = sum(part.units for part in parts), sum(lot.micros_of(part) for part in parts)
    return given_to(session, gifts, coins, micros, rates)._replace(parts=parts)
