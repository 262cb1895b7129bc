"""Lots: the coins of one recharge, and what became of them. Coins are spent in the order in which they came in.

A lot follows from the transfers of its owner alone (wallet/replay.py). What was paid for a part of it is its share of
the lot's price, in whole micros, and the parts of a lot add up to its price exactly.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from people.models import User
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import MICROS_PER_CENT, coins_of
from wallet.models import Reason, Recharge
from wallet.replay import Part, Slice, Source, replay_of


class Lot(NamedTuple):
    """Coins that came in by one transfer: coins = spent + given_back + unspent, and so their micros.

    `recharge` is None for coins that weren't bought: nothing was paid for them, and `name` is the transfer's reason.
    Given back are coins that returned to the platform: a recharge that was taken back.
    """

    place: int
    transfer_id: int
    name: str
    reference: UUID
    at: datetime
    coins: int
    recharge: Recharge | None
    given_back: int
    unspent: int
    given_back_micros: int = 0
    unspent_micros: int = 0

    @property
    def cents(self) -> int:
        return self.recharge.cents if self.recharge else 0

    @property
    def spent(self) -> int:
        return self.coins - self.given_back - self.unspent

    @property
    def spent_micros(self) -> int:
        return self.cents * MICROS_PER_CENT - self.given_back_micros - self.unspent_micros

    def micros_of(self, part: Part | Slice) -> int:
        """Return what was paid for a part of this lot, in micros."""
        return share_of(self.cents * MICROS_PER_CENT, self.coins, part)


def share_of(micros: int, coins: int, part: Part | Slice) -> int:
    """Return a part's share of the micros that were paid for all coins of a lot.

    It is the difference of two shares that are rounded down: those of all coins up to the part's last and up to its
    first. So the shares of parts that make up a lot add up to its price, however it is cut: 3 coins for 10,000 micros
    are 3,333, 3,333 and 3,334.
    """
    return micros * (part.first + part.units) // coins - micros * part.first // coins


def lots_of(user: User) -> list[Lot]:
    """Return the user's lots, the oldest first. Four queries."""
    return _replayed(user, lambda source, part: False)[0]


def follow_lot(recharge: Recharge) -> tuple[Lot, list[Part]] | None:
    """Return the lot of a recharge and its parts, the oldest first; None before it is paid. Four queries."""
    lots, parts = _replayed(recharge.user, lambda source, part: source.reference == recharge.pk)
    lot = next((lot for lot in lots if lot.reference == recharge.pk), None)
    return (lot, parts) if lot else None


def follow_coins(user: User, transfer_id: int) -> list[tuple[Lot, Part]]:
    """Return the parts that one transfer of the user's coins was made of, each with its lot. Four queries."""
    lots, parts = _replayed(user, lambda source, part: part.transfer_id == transfer_id)
    return [(lots[part.source], part) for part in parts]


def _replayed(user: User, keep: Callable[[Source, Part], bool]) -> tuple[list[Lot], list[Part]]:
    """Return all lots, and the parts that `keep` chooses: a viewer may have a hundred thousand others."""
    replay, kept = replay_of(coins_of(user)), []
    given_back: dict[int, list[Part]] = {}
    for part in replay:
        if part.account == COINS_ISSUANCE.name and not part.is_undone:
            given_back.setdefault(part.source, []).append(part)
        if keep(replay.sources[part.source], part):
            kept.append(part)
    recharges = {recharge.pk: recharge for recharge in user.recharges.filter(status=Recharge.Status.CONFIRMED)}
    lots = [
        _lot(source, recharges.get(source.reference), replay.unspent[source.place], given_back.get(source.place, []))
        for source in replay.sources
    ]
    return lots, kept


def _lot(source: Source, recharge: Recharge | None, unspent: Sequence[Slice], given_back: Sequence[Part]) -> Lot:
    lot = Lot(
        place=source.place,
        transfer_id=source.transfer_id,
        name=str(Reason(source.reason).label),
        reference=source.reference,
        at=source.at,
        coins=source.units,
        recharge=recharge,
        given_back=sum(part.units for part in given_back),
        unspent=sum(part.units for part in unspent),
    )
    back, left = (sum(lot.micros_of(part) for part in parts) for parts in (given_back, unspent))
    return lot._replace(given_back_micros=back, unspent_micros=left)
