"""Transfers in words for the viewer.

Each app describes its own references. `@history.describes(Reason.GIFT)` registers a function that takes the references
of a whole page and returns {reference: Words}, with one query for all of them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from people.models import User
from wallet import ledger
from wallet.coins import MICROS_PER_CENT, coins_of, coins_to_micros
from wallet.gateways import method_name
from wallet.models import CoinRate, Reason, Recharge, Transfer


class Words(NamedTuple):
    """The words for a transfer: a line, its page, a picture's address, and the cents that were paid."""

    text: str
    url: str = ""
    picture: str = ""
    cents: int | None = None


Describer = Callable[[Collection[UUID]], dict[UUID, Words]]
DESCRIBERS: dict[str, Describer] = {}


class Entry(NamedTuple):
    """One line of a viewer's history. `coins` is negative for a debit; `micros` is the unsigned worth."""

    transfer: Transfer
    at: datetime
    words: Words
    coins: int
    micros: int

    @property
    def came_in(self) -> bool:
        return self.coins > 0


def describes(reason: Reason) -> Callable[[Describer], Describer]:
    """Register a function that finds the words for the transfers with this reason."""

    def register(function: Describer) -> Describer:
        DESCRIBERS[reason] = function
        return function

    return register


def words_for(transfers: Collection[Transfer]) -> dict[int, Words]:
    """Return {transfer id: Words}, with one query for each reason among the transfers."""
    references: dict[str, list[UUID]] = {}
    for transfer in transfers:
        references.setdefault(transfer.reason, []).append(transfer.reference)
    known = {reason: DESCRIBERS[reason](ids) for reason, ids in references.items() if reason in DESCRIBERS}
    return {transfer.pk: _words_of(transfer, known.get(transfer.reason, {})) for transfer in transfers}


def latest_entries(user: User, limit: int = 5) -> list[Entry]:
    """Return the user's newest entries, the newest first."""
    return entries_of(user, ledger.transfers_of(coins_of(user))[:limit])


def every_entry(user: User, at_a_time: int = 500) -> Iterator[Entry]:
    """Yield all entries, the newest first, read in batches of `at_a_time`."""
    transfers = ledger.transfers_of(coins_of(user))
    batch = entries_of(user, transfers[:at_a_time])
    while batch:
        yield from batch
        batch = entries_of(user, transfers.filter(pk__lt=batch[-1].transfer.pk)[:at_a_time])


def entries_of(user: User, transfers: Iterable[Transfer]) -> list[Entry]:
    """Return the transfers as Entries of the user, in their order. One query for each reason, and one for the rates."""
    transfers = list(transfers)
    if not transfers:
        return []
    words, rates = words_for(transfers), list(CoinRate.objects.started())
    account = coins_of(user).name
    return [
        Entry(
            transfer=transfer,
            at=transfer.created_at,
            words=words[transfer.pk],
            coins=transfer.amount if transfer.credit_id == account else -transfer.amount,
            micros=_worth(transfer, words[transfer.pk], rates),
        )
        for transfer in transfers
    ]


@describes(Reason.RECHARGE)
def recharges(references: Collection[UUID]) -> dict[UUID, Words]:
    return {
        recharge.pk: Words(
            text=f"Recharge by {method_name(recharge)}",
            url=reverse("recharge", args=[recharge.pk]),
            cents=recharge.cents,
        )
        for recharge in Recharge.objects.filter(pk__in=references)
    }


def _words_of(transfer: Transfer, known: dict[UUID, Words]) -> Words:
    words = known.get(transfer.reference) or Words(transfer.get_reason_display())
    return words._replace(text=f"Taken back: {words.text}") if transfer.reverses_id else words


def _worth(transfer: Transfer, words: Words, rates: Sequence[CoinRate]) -> int:
    """Return the micros that were paid; without a payment, the coins' face value at the transfer's time."""
    if words.cents is not None:
        return words.cents * MICROS_PER_CENT
    rate = next((rate for rate in rates if rate.starts_at <= transfer.created_at), rates[-1])
    return coins_to_micros(transfer.amount, rate.micros)
