"""The proof of statements: recompute every figure from transfers and single rows, by queries of its own.

`discrepancies_in()` proves one statement. check_books() adds up all closed months (live/tally_books.py).
"""

from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Count, Q, QuerySet, Sum

from live.models import Settlement
from live.statements.statements import Period, Statement, Totals, midnight
from payouts.diamonds import diamonds_of, held_of
from payouts.models import Withdrawal
from payouts.worth import Rates, where_coins_go
from people.models import User
from wallet.models import CoinRate, Reason, Transfer

# Figures of a year that are sums over its months. Balances at the start and end of a period aren't sums.
FLOWS = (
    "earned", "requested", "given_back", "paid", "stopped", "came_back", "gifts", "coins", "viewers_micros",
    "commission_micros", "earned_micros",
)  # fmt: skip

# A figure of a statement, as it is compared.
Figure: TypeAlias = int | tuple[int, int] | Totals


def discrepancies_in(statement: Statement, person: User) -> list[str]:
    """Return a sentence for each figure of the statement that the books contradict."""
    found = _from_transfers(person, statement.period) | _from_single_rows(person, statement.period)
    stated = {
        "opening": statement.opening,
        "closing": statement.closing,
        "pending before": statement.pending_before.diamonds,
        "pending": statement.pending.diamonds,
        "earned": statement.earned.diamonds,
        "requested": statement.requested[:2],
        "given back": statement.given_back[:2],
        "paid": statement.paid,
        "came back": statement.came_back,
        "coins": statement.coins,
        "lives": statement.earned.count,
        "gifts": statement.gifts,
        "viewers paid": statement.viewers_micros,
        "commission": statement.commission_micros,
        "earned dollars": statement.earned_micros,
        "requested cents": statement.requested.cents,
        "pending cents": statement.pending.cents,
    }
    wrong = [
        f"{statement.period.name}, {what}: the statement says {stated[what]}, the books {found[what]}"
        for what in stated
        if stated[what] != found[what]
    ]
    return wrong + _wrong_sums(statement)


def _from_transfers(person: User, period: Period) -> dict[str, Figure]:
    """Return the figures that transfers prove: the balances of both accounts, and the moves between them and others."""
    start, end = midnight(period.first), midnight(period.after)
    before, after = _standing(person, start), _standing(person, end)
    spendable, held = diamonds_of(person).name, held_of(person).name
    within = Transfer.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    own = person.withdrawals.values("pk")
    money = within.filter(reason=Reason.PAY_OUT_CENTS, reference__in=own)
    points = within.filter(reason=Reason.SETTLE_POINTS, reference__in=_sessions_of(person))
    return {
        "opening": before[spendable],
        "closing": after[spendable],
        "pending before": before[held],
        "pending": after[held],
        "earned": _moved(within.filter(credit=spendable, reason=Reason.SETTLE_DIAMONDS))[1],
        "requested": _moved(within.filter(debit=spendable, credit=held, reason=Reason.HOLD)),
        "given back": _moved(within.filter(debit=held, credit=spendable, reason=Reason.RELEASE)),
        "paid": Totals(
            *_moved(within.filter(debit=held, reason=Reason.PAY_OUT, reverses=None)),
            _moved(money.filter(reverses=None))[1],
        ),
        "came back": Totals(
            *_moved(within.filter(credit=held, reason=Reason.PAY_OUT, reverses__isnull=False)),
            _moved(money.filter(reverses__isnull=False))[1],
        ),
        "coins": _moved(points)[1],
    }


def _from_single_rows(person: User, period: Period) -> dict[str, Figure]:
    """Return the figures that only settlements and withdrawals prove: counts, worths, and cents not yet paid."""
    start, end = midnight(period.first), midnight(period.after)
    settled = list(Settlement.objects.filter(session__creator=person.pk, settled_at__gte=start, settled_at__lt=end))
    coins = list(CoinRate.objects.order_by("-starts_at", "-id"))
    went = []
    for one in settled:
        coin = next(rate for rate in coins if rate.starts_at <= one.settled_at)
        went.append(where_coins_go(one.points, Rates(coin.micros, one.rate_micros)))
    ended = Q(steps__status__in=["paid", *Withdrawal.GIVEN_BACK], steps__at__lt=end)
    open_then = person.withdrawals.filter(requested_at__lt=end).exclude(
        pk__in=person.withdrawals.filter(ended).values("pk")
    )
    requested = person.withdrawals.filter(requested_at__gte=start, requested_at__lt=end)
    return {
        "lives": len(settled),
        "gifts": sum(one.gifts for one in settled),
        "viewers paid": sum(one.viewer_micros for one in went),
        "commission": sum(one.platform_micros for one in went),
        "earned dollars": sum(one.creator_micros for one in went),
        "requested cents": requested.aggregate(sum=Sum("cents", default=0))["sum"],
        "pending cents": open_then.aggregate(sum=Sum("cents", default=0))["sum"],
    }


def _standing(person: User, moment: datetime) -> dict[str, int]:
    """Return {account name: diamonds} of the person's two accounts just before the moment."""
    names = [diamonds_of(person).name, held_of(person).name]
    earlier = Transfer.objects.filter(created_at__lt=moment).order_by()
    return {name: _moved(earlier.filter(credit=name))[1] - _moved(earlier.filter(debit=name))[1] for name in names}


def _moved(transfers: QuerySet[Transfer]) -> tuple[int, int]:
    """Return (number of transfers, sum of their amounts)."""
    sums = transfers.aggregate(n=Count("pk"), sum=Sum("amount", default=0))
    return (sums["n"], sums["sum"])


def _sessions_of(person: User) -> QuerySet[Settlement, Any]:
    return Settlement.objects.filter(session__creator=person.pk).values("session")


def _wrong_sums(statement: Statement) -> list[str]:
    """Return a sentence for each wrong sum in the statement: in and out, commission, and a year's twelve months."""
    period, wrong = statement.period, []
    if (
        statement.opening + statement.earned.diamonds - statement.requested.diamonds + (statement.given_back.diamonds)
        != statement.closing
    ):
        wrong.append(f"{period.name}: opening and what came and went aren't the closing balance")
    if (
        statement.pending_before.plus(statement.requested).plus(statement.paid, -1).plus(statement.stopped, -1)
        != statement.pending
    ):
        wrong.append(f"{period.name}: what was pending and what came and went isn't what is pending")
    if statement.commission_micros + statement.earned_micros != statement.viewers_micros:
        wrong.append(f"{period.name}: commission and earnings aren't what viewers paid")
    if not period.month:
        lines = statement.before + statement.lines
        months = [Statement(Period(period.year, month), lines) for month in range(1, 13)]
        for flow in FLOWS:
            each = [getattr(month, flow) for month in months]
            added = Totals(*map(sum, zip(*each, strict=True))) if isinstance(each[0], Totals) else sum(each)
            if added != getattr(statement, flow):
                wrong.append(f"{period.name}: the months' {flow} add up to {added}")
    return wrong
