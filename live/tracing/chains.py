"""The whole chain for an operator: from a recharge or a gift to the withdrawals in which its diamonds ended."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from live.models import GiftTap, LiveSession
from live.tracing.places import common, firsts_of
from live.tracing.purchases import Given
from payouts.diamonds import diamonds_of
from payouts.models import Withdrawal
from people.models import User
from wallet import ledger
from wallet.models import Reason, Transfer
from wallet.replay import Slice, replays_of


class End(NamedTuple):
    """Diamonds of a live, and where they are: in a withdrawal, taken back, or else in their creator's balance."""

    diamonds: int
    withdrawal: Withdrawal | None = None
    is_taken_back: bool = False


def ends_of_given(viewer: User, given: Iterable[Given]) -> dict[UUID, list[End]]:
    """Return {session: Ends} of the coins that lives got from one lot; a running live has none yet. Six queries."""
    settled = [one for one in given if not one.session.is_live]
    firsts = firsts_of(viewer, [one.session.pk for one in settled])
    return _ends({
        one.session: [Slice(0, firsts[part.transfer_id] + part.offset, part.units) for part in one.parts]
        for one in settled
    })  # fmt: skip


def ends_of_gift(tap: GiftTap) -> list[End]:
    """Return the Ends of a tap; none while its live runs, or if it was taken back. Seven queries."""
    transfer = ledger.posted(Reason.GIFT, tap.tap_id)
    if transfer is None or tap.session.is_live:
        return []
    first = firsts_of(tap.viewer, [tap.session_id]).get(transfer.pk)
    if first is None:
        return []
    return _ends({tap.session: [Slice(0, first, tap.coins)]})[tap.session_id]


def _ends(places: Mapping[LiveSession, list[Slice]]) -> dict[UUID, list[End]]:
    """Return {session: Ends} of some coins of ended lives, by a replay of their creators' diamonds."""
    wanted = {session.pk: slices for session, slices in places.items()}
    # The diamonds by the transfer that took them; those that nothing took, by None.
    found: dict[UUID, dict[int | None, int]] = {session_id: {} for session_id in wanted}

    def count(session_id: UUID, one: Slice, transfer_id: int | None) -> None:
        diamonds = sum(common(one, slice) for slice in wanted.get(session_id, ()))
        if diamonds:
            found[session_id][transfer_id] = found[session_id].get(transfer_id, 0) + diamonds

    for _, replay in replays_of(diamonds_of(session.creator.user) for session in places):
        for part in replay:
            if not part.is_undone:
                one = Slice(part.source, part.first, part.units)
                count(replay.sources[part.source].reference, one, part.transfer_id)
        for source in replay.sources:
            for one in replay.unspent[source.place]:
                count(source.reference, one, None)
    withdrawals = _withdrawals({pk for ends in found.values() for pk in ends if pk})
    return {
        session_id: [_end(diamonds, pk, withdrawals) for pk, diamonds in ends.items()]
        for session_id, ends in found.items()
    }


def _end(diamonds: int, transfer_id: int | None, withdrawals: Mapping[int, Withdrawal]) -> End:
    if transfer_id is None:
        return End(diamonds)
    withdrawal = withdrawals.get(transfer_id)
    return End(diamonds, withdrawal, is_taken_back=withdrawal is None)


def _withdrawals(transfer_ids: Iterable[int]) -> dict[int, Withdrawal]:
    """Return {transfer id: the withdrawal that it holds diamonds for}. Two queries."""
    holds = dict(Transfer.objects.filter(pk__in=transfer_ids, reason=Reason.HOLD).values_list("pk", "reference"))
    rows = Withdrawal.objects.select_related("account__service", "creator").in_bulk(list(holds.values()))
    return {pk: rows[reference] for pk, reference in holds.items() if reference in rows}
