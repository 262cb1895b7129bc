"""Amounts that may be withdrawn now, by the same rules that refuse others, or the words why none may."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from payouts import worth
from payouts.diamonds import diamonds_of
from payouts.models import DiamondRate, PayoutTerms, Withdrawal
from payouts.money import usd
from payouts.withdrawals.allowance import Allowance, resets_at, week_of
from people.models import User
from wallet.models import Account, CoinRate

# Offered beside the least and the most, if the rules allow it.
USUAL_CENTS = 250_00


class Offer(NamedTuple):
    """One creator's diamonds, the rates and terms at one moment, and the week's Allowance."""

    balance: int
    rates: worth.Rates
    terms: PayoutTerms
    allowance: Allowance
    now: datetime

    @property
    def available_cents(self) -> int:
        """The worth of the diamonds, rounded down."""
        return worth.diamonds_to_cents(self.balance, self.rates.diamond_micros)

    @property
    def most_cents(self) -> int:
        """The most that would be accepted now, by balance and allowance; 0 below the minimum."""
        most = min(self.available_cents, self.allowance.left_cents)
        return most if most >= self.terms.minimum_cents else 0

    @property
    def amounts(self) -> list[int]:
        """The amounts to offer, each once, from the minimum to the most; empty below the minimum."""
        if not self.most_cents:
            return []
        return sorted(
            {cents for cents in (self.terms.minimum_cents, USUAL_CENTS, self.most_cents) if self.allows(cents)}
        )

    @property
    def suggested_cents(self) -> int:
        """The amount to start from."""
        return USUAL_CENTS if self.allows(USUAL_CENTS) else self.most_cents

    @property
    def missing_cents(self) -> int:
        """The cents that are missing until the minimum; 0 when it is reached."""
        return max(0, self.terms.minimum_cents - self.available_cents)

    @property
    def missing_diamonds(self) -> int:
        return max(0, worth.cents_to_diamonds(self.terms.minimum_cents, self.rates.diamond_micros) - self.balance)

    @property
    def why_nothing(self) -> str:
        """The sentence that says why no amount may be withdrawn now; empty when one may."""
        return "" if self.most_cents else why_nothing(self.available_cents, self.allowance, self.terms)

    @property
    def arrives_by(self) -> date:
        """The day by which money that is requested now should have arrived."""
        return arrives_by(self.now, self.terms)

    def left_after(self, cents: int) -> int:
        """Return the cents of the week that are left when so many have been requested."""
        return max(0, self.allowance.left_cents - cents)

    def kept_after(self, diamonds: int) -> int:
        """Return the diamonds that stay in the balance when so many have been reserved."""
        return max(0, self.balance - diamonds)

    def allows(self, cents: int) -> bool:
        return self.terms.minimum_cents <= cents <= self.most_cents


def why_nothing(available_cents: int, allowance: Allowance, terms: PayoutTerms) -> str:
    """Return the sentence for a creator whose diamonds, or whose rest of the week, are below the minimum."""
    minimum = usd(terms.minimum_cents)
    if available_cents < terms.minimum_cents:
        have, missing = usd(available_cents), usd(terms.minimum_cents - available_cents)
        return f"The least you can withdraw at once is {minimum}. You have {have}, so {missing} more is needed."
    resets = f"The limit resets on {allowance.resets_at:%A %-d %B} at 00:00 UTC."
    if not allowance.left_cents:
        return f"You have withdrawn the {usd(allowance.limit_cents)} that can go in one week. {resets}"
    left = usd(allowance.left_cents)
    return f"You can withdraw {left} more this week, and the least at once is {minimum}. {resets}"


def approvals_before(creator: User, cents: int, terms: PayoutTerms) -> int:
    """Return how many operators would have to approve the creator's withdrawal of so many cents, by one query."""
    is_first = not creator.withdrawals.filter(status=Withdrawal.Status.PAID).exists()
    return terms.approvals_of(cents, is_first=is_first)


def arrives_by(moment: datetime, terms: PayoutTerms) -> date:
    """Return the day (in UTC) by which money that is requested at the moment should have arrived."""
    return moment.astimezone(UTC).date() + timedelta(days=terms.arrival_days)


def offer_to(creator: User) -> Offer:
    """Return the Offer to a creator, by one query."""
    now = timezone.now()
    week = week_of(now)
    rate = DiamondRate.objects.started(now)
    spendable = Account.objects.filter(pk=diamonds_of(creator).pk)
    terms = (
        PayoutTerms.objects.started(now)
        .annotate(
            coin_micros=Subquery(CoinRate.objects.started(now).values("micros")[:1]),
            diamond_micros=Subquery(rate.values("micros")[:1]),
            rate_since=Subquery(rate.values("starts_at")[:1]),
            balance=Coalesce(Subquery(spendable.values("balance")), 0),
            used_cents=Coalesce(Subquery(creator.weekly_allowances.filter(week=week).values("used_cents")), 0),
        )
        .first()
    )
    if terms is None or terms.diamond_micros is None:
        raise PayoutTerms.DoesNotExist("no payout terms or no diamond rate had started by then")
    return Offer(
        balance=terms.balance,
        rates=worth.Rates(terms.coin_micros, terms.diamond_micros, terms.rate_since),
        terms=terms,
        allowance=Allowance(week, terms.weekly_cents, terms.used_cents, resets_at(week)),
        now=now,
    )
