"""The replay of one account: its units leave in the order in which they came in, so each leads back to its transfer.

Transfers are read in the order of their ids. A debit gets its id while it holds the lock of the account's row, so every
id below it is a transfer whose units it could take. The replay writes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, F, Max, OuterRef, QuerySet, Subquery, When

from wallet.models import LARGEST_BALANCE, Account, Reason, Transfer

FETCHED_AT_ONCE = 5_000


class Source(NamedTuple):
    """A transfer that brought new units into the account. `place` is its number in the queue, from 0."""

    place: int
    transfer_id: int
    reason: str
    reference: UUID
    at: datetime
    units: int


class Slice(NamedTuple):
    """Units of a source: `units` of them, from the one with the number `first` on."""

    source: int
    first: int
    units: int


class Part(NamedTuple):
    """A slice of a source that a debit took; it begins `offset` units into the debit. `account` is where it went.

    `is_undone` says that a later transfer put the units back, so they are unspent again or belong to another part too.
    """

    source: int
    first: int
    units: int
    offset: int
    transfer_id: int
    account: str
    is_undone: bool


class Credit(NamedTuple):
    """A transfer into the account. `undoes` is the id of the debit that it takes back, if any."""

    id: int
    units: int
    reason: str
    reference: UUID
    at: datetime
    undoes: int | None


class Debit(NamedTuple):
    """A transfer out of the account. `undoes` is the id of the credit that it takes back, if any."""

    id: int
    units: int
    account: str
    undoes: int | None


class Replay:
    """The sources of one account, and what became of them. Iterate once over its parts; then `unspent` is right."""

    def __init__(self, credits: Sequence[Credit], debits: Iterable[Debit]) -> None:
        self.sources: list[Source] = []
        self.unspent: list[list[Slice]] = []
        for credit in credits:
            if credit.undoes is None:
                source = Source(len(self.sources), credit.id, credit.reason, credit.reference, credit.at, credit.units)
                self.sources.append(source)
        self._credits = list(reversed(credits))
        self._debits = debits
        self._undone = {credit.undoes for credit in credits if credit.undoes is not None}
        # Slices that later transfers may undo: those of debits, and those that a credit put back or brought in.
        self._taken: dict[int, list[Slice]] = {}
        self._brought: dict[int, list[Slice]] = {}
        self._oldest = 0

    def __iter__(self) -> Iterator[Part]:
        for debit in self._debits:
            self._admit_until(debit.id)
            slices = self._take(debit.units, self._brought.get(debit.undoes, ()) if debit.undoes else ())
            is_undone = debit.id in self._undone
            if is_undone:
                self._taken[debit.id] = slices
            offset = 0
            for source, first, units in slices:
                yield Part(source, first, units, offset, debit.id, debit.account, is_undone)
                offset += units
        self._admit_until(None)

    def _admit_until(self, transfer_id: int | None) -> None:
        """Let in the credits before a transfer: new sources at the end, units that are put back at their place."""
        while self._credits and (transfer_id is None or self._credits[-1].id < transfer_id):
            credit = self._credits.pop()
            if credit.undoes is None:
                slices = [Slice(len(self.unspent), 0, credit.units)]
                self.unspent.append(slices)
            else:
                slices = self._taken.pop(credit.undoes, [])
                self._put_back(slices)
            self._brought[credit.id] = slices

    def _take(self, units: int, wanted: Sequence[Slice]) -> list[Slice]:
        """Take the wanted slices as far as they are unspent, and for the rest the oldest units."""
        taken: list[Slice] = []
        for source, first, length in wanted:
            units -= self._cut(taken, source, first, first + length, units)
        while units and self._oldest < len(self.unspent):
            if self.unspent[self._oldest]:
                units -= self._cut(taken, self._oldest, 0, LARGEST_BALANCE, units)
            else:
                self._oldest += 1
        return taken

    def _cut(self, taken: list[Slice], source: int, first: int, last: int, most: int) -> int:
        """Move up to `most` unspent units of a source, between two numbers, to `taken`; return how many."""
        rest, before = [], most
        for _, begin, length in self.unspent[source]:
            end = begin + length
            low = max(begin, first)
            high = min(end, last, low + most)
            if low >= high:
                rest.append(Slice(source, begin, length))
                continue
            taken.append(Slice(source, low, high - low))
            most -= high - low
            if begin < low:
                rest.append(Slice(source, begin, low - begin))
            if high < end:
                rest.append(Slice(source, high, end - high))
        self.unspent[source] = rest
        return before - most

    def _put_back(self, slices: Iterable[Slice]) -> None:
        for one in slices:
            joined: list[Slice] = []
            for source, first, units in sorted([*self.unspent[one.source], one]):
                if joined and joined[-1].first + joined[-1].units == first:
                    joined[-1] = Slice(source, joined[-1].first, joined[-1].units + units)
                else:
                    joined.append(Slice(source, first, units))
            self.unspent[one.source] = joined
            self._oldest = min(self._oldest, one.source)


def replay_of(account: Account) -> Replay:
    """Return the Replay of an account. Three queries; the debits are read while it is iterated."""
    return next(replay for _, replay in replays_of([account]))


def replays_of(accounts: Iterable[Account]) -> Iterator[tuple[str, Replay]]:
    """Yield (name, Replay) of each account, to be iterated before the next. Three queries for all of them."""
    names = {account.name for account in accounts}
    newest = dict(Transfer.objects.filter(debit__in=names).values_list("debit").annotate(Max("id")).order_by())
    credits: dict[str, list[Credit]] = {name: [] for name in names}
    for name, *row in _credits(Transfer.objects.filter(credit__in=names)):
        credits[name].append(Credit(*row))
    debits = _debits(Transfer.objects.filter(debit__in=names)).iterator(FETCHED_AT_ONCE)
    for name, rows in groupby(debits, key=itemgetter(0)):
        # Debits that are newer than the credits read above may have taken units that aren't among them.
        up_to = newest.get(name, 0)
        yield name, Replay(credits.pop(name), (Debit(*row) for _, *row in rows if row[0] <= up_to))
    for name, brought in credits.items():
        yield name, Replay(brought, [])


def _credits(transfers: QuerySet[Transfer]) -> QuerySet[Transfer, tuple[Any, ...]]:
    """Return (account, columns of a Credit). A withdrawal that is given back undoes its hold, as a reversal does."""
    holds = Transfer.objects.filter(reference=OuterRef("reference"), reason=Reason.HOLD, reverses=None)
    undoes = Case(When(reason=Reason.RELEASE, then=Subquery(holds.values("id")[:1])), default=F("reverses_id"))
    columns = ("credit_id", "id", "amount", "reason", "reference", "created_at")
    return transfers.order_by("credit_id", "id").values_list(*columns, undoes)


def _debits(transfers: QuerySet[Transfer]) -> QuerySet[Transfer, tuple[Any, ...]]:
    """Return (account, columns of a Debit)."""
    columns = ("debit_id", "id", "amount", "credit_id", "reverses_id")
    return transfers.order_by("debit_id", "id").values_list(*columns)
