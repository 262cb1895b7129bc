"""Effects of another rate or limit on the creators of today, in sentences for the form that would set it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from payouts import worth
from payouts.models import PayoutAccount, PayoutTerms, WeeklyAllowance, Withdrawal, WithdrawalStep
from payouts.money import percent_of, usd, usd_exact, whole
from payouts.withdrawals.allowance import week_of
from wallet.coins import MICROS_PER_CENT
from wallet.models import Account, Kind, Unit
from wallet.packages import offered_packages

EXAMPLE_COINS = 100
OF_LATE, WEEKS = timedelta(days=28), timedelta(days=21)
LATELY = "in the last 28 days"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: 1 creator; 1,200 creators."""
    return f"{whole(number)} {noun}{'' if number == 1 else 's'}"


# --- Rates ----------------------------------------------------------------------------------------


def diamond_rate_effects(before: int, after: int, moment: datetime) -> list[str]:
    """Return the effects of another worth of a diamond (in micros) from the moment on. Three queries."""
    rates, minimum = worth.rates_at(moment), PayoutTerms.objects.at(moment).minimum_cents
    was, will = worth.cents_to_diamonds(minimum, before), worth.cents_to_diamonds(minimum, after)
    found = _balances().aggregate(
        most=Max("balance"), total=Sum("balance"), creators=Count("pk"), crossing=Count("pk", filter=_from(was, will))
    )
    part = worth.where_coins_go(EXAMPLE_COINS, rates._replace(diamond_micros=after))
    said = [
        f"Of a gift of {EXAMPLE_COINS} coins ({usd_exact(part.viewer_micros)}) its creator gets "
        f"{usd_exact(part.creator_micros)} instead of {usd_exact(worth.diamonds_to_micros(EXAMPLE_COINS, before))}: "
        f"{percent_of(part.creator_micros, part.viewer_micros)} %."
    ]
    if not found["creators"]:
        return [*said, "No creator has diamonds now."]
    return [
        *said,
        f"A creator with {whole(found['most'])} diamonds, the most of all, would see "
        f"{_dollars(found['most'], before)} → {_dollars(found['most'], after)}.",
        f"All diamonds of {counted(found['creators'], 'creator')}: "
        f"{_dollars(found['total'], before)} → {_dollars(found['total'], after)}.",
        _crossing(found["crossing"], minimum, falls=will > was),
    ]


def coin_rate_effects(before: int, after: int, moment: datetime) -> list[str]:
    """Return the effects of another cost of a coin (in micros) from the moment on. Two queries."""
    diamond = worth.rates_at(moment).diamond_micros
    packages = list(offered_packages(moment))
    was, will = (
        sum(package.cents * MICROS_PER_CENT < package.coins * coin for package in packages if package.cents)
        for coin in (before, after)
    )
    return [
        f"{EXAMPLE_COINS} coins are shown as {usd_exact(EXAMPLE_COINS * after)} instead of "
        f"{usd_exact(EXAMPLE_COINS * before)}, beside gifts and limits.",
        f"A creator gets {percent_of(diamond, after)} % of what is shown instead of {percent_of(diamond, before)} %.",
        f"Packages that cost less than that: {_of_all(will, len(packages))}, now {was}.",
    ]


def _balances() -> QuerySet[Account]:
    """Return the accounts of creators who have diamonds. Those held for withdrawals aren't among them."""
    guarded = Account.objects.filter(unit=Unit.DIAMOND, kind=Kind.GUARDED, balance__gt=0)
    return guarded.filter(name__startswith="diamonds:")


def _from(one: int, other: int) -> Q:
    """Return the condition of a balance from the smaller number up to, and without, the larger."""
    return Q(balance__gte=min(one, other), balance__lt=max(one, other))


def _dollars(diamonds: int, micros: int) -> str:
    return usd(worth.diamonds_to_cents(diamonds, micros))


def _crossing(creators: int, minimum: int, *, falls: bool) -> str:
    edge = f"the minimum of a withdrawal, {usd(minimum)}"
    if falls:
        some = f"{counted(creators, 'creator')} {'falls' if creators == 1 else 'fall'}" if creators else "Nobody falls"
        return f"{some} below {edge}."
    some = f"{counted(creators, 'more creator')} {'reaches' if creators == 1 else 'reach'}"
    return f"{some if creators else 'Nobody else reaches'} {edge}."


# --- Limits of withdrawals ------------------------------------------------------------------------


def payout_terms_effects(before: PayoutTerms, after: PayoutTerms) -> dict[str, str]:
    """Return the effects of the limits that differ, by column, and of approvals. At most seven queries."""
    now = timezone.now()
    parts = {
        "minimum_cents": _of_minimum,
        "weekly_cents": _of_week,
        "account_wait_hours": _of_wait,
        "quote_seconds": _of_quotes,
        "arrival_days": _of_arrival,
    }
    said = {
        name: part(before, after, now) for name, part in parts.items() if getattr(before, name) != getattr(after, name)
    }
    approvals = ("approval_cents", "two_people_cents", "first_needs_approval")
    if any(getattr(before, name) != getattr(after, name) for name in approvals):
        said["approvals"] = _of_approvals(before, after, now)
    return said


def _of_minimum(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    micros = worth.rate_at(after.starts_at).micros
    was, will = (worth.cents_to_diamonds(terms.minimum_cents, micros) for terms in (before, after))
    creators = _balances().filter(_from(was, will)).count()
    return _crossing(creators, after.minimum_cents, falls=will > was)


def _of_week(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    weeks = WeeklyAllowance.objects.filter(week__gte=week_of(now) - WEEKS)
    falls = after.weekly_cents < before.weekly_cents
    above = after.weekly_cents if falls else before.weekly_cents - before.minimum_cents
    creators = weeks.filter(used_cents__gt=above).values("creator").distinct().count()
    did = "asked for more than that" if falls else "had no room for another withdrawal"
    return f"Creators who {did} in one of the last four weeks: {whole(creators)}."


def _of_wait(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    added = PayoutAccount.objects.filter(created_at__gte=now - OF_LATE).count()
    return f"Payout accounts added {LATELY}: {whole(added)}. Those that wait then keep their time."


def _of_quotes(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    took = ExpressionWrapper(F("requested_at") - F("quote__created_at"), output_field=DurationField())
    asked = Withdrawal.objects.filter(requested_at__gte=now - OF_LATE).annotate(took=took)
    late = Q(took__gte=timedelta(seconds=after.quote_seconds))
    found = asked.aggregate(all=Count("pk"), late=Count("pk", filter=late))
    return f"Withdrawals {LATELY} that were confirmed later than that: {_of_all(found['late'], found['all'])}."


def _of_arrival(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    took = ExpressionWrapper(F("at") - F("withdrawal__requested_at"), output_field=DurationField())
    paid = WithdrawalStep.objects.filter(status=Withdrawal.Status.PAID, at__gte=now - OF_LATE).annotate(took=took)
    in_time = Q(took__lte=timedelta(days=after.arrival_days))
    found = paid.aggregate(all=Count("pk"), in_time=Count("pk", filter=in_time))
    return f"Withdrawals {LATELY} that arrived within that time: {_of_all(found['in_time'], found['all'])}."


def _of_approvals(before: PayoutTerms, after: PayoutTerms, now: datetime) -> str:
    """Say how many withdrawals of late would have waited for operators, by the new terms and by those before."""
    earlier = Withdrawal.objects.filter(
        creator=OuterRef("creator"), status=Withdrawal.Status.PAID, requested_at__lt=OuterRef("requested_at")
    )
    asked = Withdrawal.objects.filter(requested_at__gte=now - OF_LATE).annotate(is_first=~Exists(earlier))
    found = asked.aggregate(
        all=Count("pk"),
        **{f"after_{name}": Count("pk", filter=which) for name, which in _waiting(after)},
        **{f"before_{name}": Count("pk", filter=which) for name, which in _waiting(before)},
    )
    return (
        f"Withdrawals {LATELY} that would have waited for an operator: {_of_all(found['after_one'], found['all'])}, "
        f"and for two: {whole(found['after_two'])}. By the limits before: {whole(found['before_one'])}, and "
        f"{whole(found['before_two'])}."
    )


def _of_all(part: int, every: int) -> str:
    return f"{whole(part)} of {whole(every)}"


def _waiting(terms: PayoutTerms) -> Iterator[tuple[str, Q]]:
    """Yield the conditions of a withdrawal that waits for an operator, and of one that waits for two."""
    nothing = Q(pk__isnull=True)
    one = nothing if terms.approval_cents is None else Q(cents__gt=terms.approval_cents)
    two = nothing if terms.two_people_cents is None else Q(cents__gt=terms.two_people_cents)
    first = Q(is_first=True) if terms.first_needs_approval else nothing
    yield "one", one | two | first
    yield "two", two
