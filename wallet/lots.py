"""Lots: the coins of one recharge, and what became of them. Coins are spent in the order in which they came in.

A lot follows from the transfers of its owner alone (wallet/replay.py). What was paid for a part of it is its share of
the lot's price, in whole micros, and the parts of a lot add up to its price exactly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from people.models import User
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import MICROS_PER_CENT, coins_of
from wallet.models import Reason, Recharge
from wallet.replay import Part, Replay, Slice, Source, replays_of


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
    return _replayed([user], lambda source, part: False)[user.pk].lots


def follow_lot(recharge: Recharge) -> tuple[Lot, list[Part]] | None:
    """Return the lot of a recharge and its parts, the oldest first; None before it is paid. Four queries."""
    lots, parts = _replayed([recharge.user], lambda source, part: source.reference == recharge.pk)[recharge.user_id]
    lot = next((lot for lot in lots if lot.reference == recharge.pk), None)
    return (lot, parts) if lot else None


def follow_coins(transfers: Mapping[int, User]) -> dict[int, list[tuple[Lot, Part]]]:
    """Return {transfer id: its parts, each with its lot} of transfers of these users' coins. Four queries."""
    users = {user.pk: user for user in transfers.values()}
    replayed = _replayed(users.values(), lambda source, part: part.transfer_id in transfers)
    found: dict[int, list[tuple[Lot, Part]]] = {transfer_id: [] for transfer_id in transfers}
    for lots, parts in replayed.values():
        for part in parts:
            found[part.transfer_id].append((lots[part.source], part))
    return found


class _Replayed(NamedTuple):
    lots: list[Lot]
    parts: list[Part]


def _replayed(users: Iterable[User], keep: Callable[[Source, Part], bool]) -> dict[int, _Replayed]:
    """Return {user id: (lots, the parts that `keep` chooses)}: a viewer may have a hundred thousand others."""
    accounts = {coins_of(user).name: user for user in users}
    replayed: dict[int, tuple[Replay, list[Part], dict[int, list[Part]]]] = {}
    for name, replay in replays_of(map(coins_of, accounts.values())):
        kept: list[Part] = []
        given_back: dict[int, list[Part]] = {}
        for part in replay:
            if part.account == COINS_ISSUANCE.name and not part.is_undone:
                given_back.setdefault(part.source, []).append(part)
            if keep(replay.sources[part.source], part):
                kept.append(part)
        replayed[accounts[name].pk] = (replay, kept, given_back)
    paid = Recharge.objects.filter(user__in=list(replayed), status=Recharge.Status.CONFIRMED)
    recharges = {recharge.pk: recharge for recharge in paid}
    return {
        user_id: _Replayed(_lots(replay, recharges, given_back), kept)
        for user_id, (replay, kept, given_back) in replayed.items()
    }


def _lots(replay: Replay, recharges: Mapping[UUID, Recharge], given_back: Mapping[int, list[Part]]) -> list[Lot]:
    return [
        _lot(source, recharges.get(source.reference), replay.unspent[source.place], given_back.get(source.place, []))
        for source in replay.sources
    ]


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
