"""The provider's totals against the books, day by day in UTC, with every withdrawal on which the two differ.

Both sides count the same: how much the day added to the money paid out. A payment adds, a return subtracts; both on one
day are zero. The provider's side is the last report of each day that tells paid from returned.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from payouts.models import ProviderReport, Withdrawal
from payouts.withdrawals.approvals import BY_OPERATOR
from wallet.accounts import CENTS_CREATORS
from wallet.models import Reason, Transfer

# {withdrawal: {day: cents}}.
CentsByDay: TypeAlias = dict[UUID, dict[date, int]]

MOST_DAYS = 92
# Statuses of providers, in capitals. Every other one (pending, unclaimed) moves no money. One without an amount doesn't
# either: it is about a batch, not about the payment.
MONEY_IS_OUT = frozenset({"SUCCESS", "PAID"})
MONEY_IS_BACK = frozenset({"FAILED", "RETURNED", "BLOCKED", "REFUNDED", "REVERSED", "DENIED", "CANCELED"})

NEVER_REPORTED = "Paid here, never reported as paid"
BY_HAND = "Concluded by hand, never reported as paid"
NOT_PAID_HERE = "Reported as paid, not paid here"
NOT_REPORTED_BACK = "Came back here, not reported as returned"
NOT_BACK_HERE = "Reported as returned, still paid here"
OTHER_AMOUNT = "The amounts differ"
OTHER_DAY = "The same on both sides, on different days"


class Movement(NamedTuple):
    """The cents of one withdrawal on one day: by the books, and as reported. Negative if it came back."""

    day: date
    withdrawal: Withdrawal
    booked_cents: int
    reported_cents: int
    fee_cents: int
    what: str

    @property
    def difference_cents(self) -> int:
        return self.reported_cents - self.booked_cents


class Day(NamedTuple):
    """One provider's day (None: all days): counts and cents of both sides, its fees, and the movements that differ."""

    day: date | None
    provider: str
    booked_count: int
    booked_cents: int
    reported_count: int
    reported_cents: int
    fee_cents: int
    differing: list[Movement]

    @property
    def difference_cents(self) -> int:
        return self.reported_cents - self.booked_cents


def movements(first: date, last: date) -> list[Movement]:
    """Return the Movements from the first to the last day, the oldest first, in three queries."""
    concerned = _concerned(first, last)
    withdrawals = {row.pk: row for row in concerned.select_related("creator", "account__service")}
    booked = _booked(concerned)
    reported, fees, by_hand = _reported(concerned)
    found = []
    for pk, withdrawal in withdrawals.items():
        here, there = booked[pk], reported[pk]
        for day in sorted(here.keys() | there.keys()):
            cents = (here.get(day, 0), there.get(day, 0))
            if first <= day <= last and any(cents):
                what = _what_differs(*cents, here, there, pk in by_hand)
                found.append(Movement(day, withdrawal, *cents, fees.get((pk, day), 0), what))
    return sorted(found, key=lambda one: (one.day, one.withdrawal.requested_at, str(one.withdrawal.pk)))


def days(found: list[Movement]) -> list[Day]:
    """Return the movements as Days, the newest first; a day on which nothing moved isn't among them."""
    grouped = defaultdict(list)
    for one in found:
        grouped[one.day, one.withdrawal.provider].append(one)
    return [_day(day, provider, ones) for (day, provider), ones in sorted(grouped.items(), reverse=True)]


def total(every: Sequence[Day]) -> Day:
    """Return the Days as one, over all of them."""
    return Day(
        None,
        "",
        sum(day.booked_count for day in every),
        sum(day.booked_cents for day in every),
        sum(day.reported_count for day in every),
        sum(day.reported_cents for day in every),
        sum(day.fee_cents for day in every),
        [one for day in every for one in day.differing],
    )


def _day(day: date, provider: str, ones: list[Movement]) -> Day:
    return Day(
        day,
        provider,
        sum(_sign(one.booked_cents) for one in ones),
        sum(one.booked_cents for one in ones),
        sum(_sign(one.reported_cents) for one in ones),
        sum(one.reported_cents for one in ones),
        sum(one.fee_cents for one in ones),
        [one for one in ones if one.what],
    )


def _sign(cents: int) -> int:
    return (cents > 0) - (cents < 0)


def _concerned(first: date, last: date) -> QuerySet[Withdrawal]:
    """Return the withdrawals with a step or a report between the two days."""
    start = datetime.combine(first, time(), UTC)
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    moved = _transfers().filter(created_at__gte=start, created_at__lt=end)
    said = ProviderReport.objects.filter(at__gte=start, at__lt=end)
    return Withdrawal.objects.filter(
        Q(pk__in=moved.order_by().values("reference")) | Q(pk__in=said.order_by().values("withdrawal"))
    ).order_by()


def _transfers() -> QuerySet[Transfer]:
    """Return the transfers of dollars to creators and back, by the index of an account that no other transfer uses."""
    to_creators = Q(credit=CENTS_CREATORS) | Q(debit=CENTS_CREATORS)
    return Transfer.objects.filter(to_creators, reason=Reason.PAY_OUT_CENTS)


def _booked(concerned: QuerySet[Withdrawal]) -> CentsByDay:
    """Return {withdrawal: {day: cents}} of the books."""
    found: CentsByDay = defaultdict(lambda: defaultdict(int))
    rows = _transfers().filter(reference__in=concerned.values("pk")).order_by("id")
    for pk, amount, reverses, at in rows.values_list("reference", "amount", "reverses", "created_at"):
        found[pk][at.astimezone(UTC).date()] += -amount if reverses else amount
    return found


def _reported(concerned: QuerySet[Withdrawal]) -> tuple[CentsByDay, dict[tuple[UUID, date], int], set[UUID]]:
    """Return {withdrawal: {day: cents}}, {(withdrawal, day): fee} and the withdrawals with operators' reports."""
    out: dict[UUID, int] = defaultdict(int)
    since: dict[UUID, date] = {}
    fees: dict[tuple[UUID, date], int] = {}
    by_hand: set[UUID] = set()
    found: CentsByDay = defaultdict(lambda: defaultdict(int))
    rows = ProviderReport.objects.filter(withdrawal__in=concerned.values("pk")).order_by("id")
    for pk, provider, status, cents, fee, at in rows.values_list(
        "withdrawal", "provider", "status", "cents", "fee_cents", "at"
    ):
        word, day = status.upper(), at.astimezone(UTC).date()
        if provider.startswith(BY_OPERATOR):
            by_hand.add(pk)
        elif word in MONEY_IS_BACK or (word in MONEY_IS_OUT and cents):
            stands = (cents or 0) if word in MONEY_IS_OUT else 0
            if stands:
                since[pk] = since[pk] if out[pk] else day
                fees[pk, since[pk]] = fee or fees.get((pk, since[pk]), 0)
            found[pk][day] += stands - out[pk]
            out[pk] = stands
    return found, fees, by_hand


def _what_differs(booked: int, reported: int, here: dict[date, int], there: dict[date, int], is_by_hand: bool) -> str:
    """Return a day's difference in words; empty if there is none. `here` and `there` are all days of the withdrawal."""
    if booked == reported:
        return ""
    if booked and reported:
        return OTHER_AMOUNT
    moved_on_both = any(here.values()) and any(there.values())
    if moved_on_both and sum(here.values()) == sum(there.values()):
        return OTHER_DAY
    if booked > 0:
        return BY_HAND if is_by_hand else NEVER_REPORTED
    if reported > 0:
        return NOT_PAID_HERE
    return NOT_REPORTED_BACK if booked else NOT_BACK_HERE
