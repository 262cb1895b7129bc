"""The exact amount: coins at face value, without a package, within the bounds of the dated terms."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from people.text.numbers import in_dollars
from wallet.coins import exact_cents
from wallet.models import CoinRate, RechargeTerms

# The choice beside the packages in forms and addresses. No package has this slug.
EXACT = "exact"


class ExactTerms(NamedTuple):
    """The bounds of an exact amount at a moment, in coins, and the face value of one."""

    least: int
    most: int
    coin_micros: int

    def cents_of(self, coins: int) -> int:
        return exact_cents(coins, self.coin_micros)

    def price_of(self, coins: int) -> str:
        """Return the price in words: $3.80."""
        return in_dollars(self.cents_of(coins))

    def covers(self, coins: int) -> bool:
        return self.least <= coins <= self.most

    def nearest(self, coins: int) -> int:
        """Return the exact amount that can be bought and is nearest to so many coins."""
        return min(max(coins, self.least), self.most)

    @property
    def bounds(self) -> str:
        return f"An exact amount is {self.least:,} to {self.most:,} coins."


def exact_terms(moment: datetime | None = None) -> ExactTerms:
    """Return the ExactTerms that count at the moment, now if left out. One query."""
    moment = moment or timezone.now()
    rate = CoinRate.objects.started(moment).values("micros")[:1]
    terms = RechargeTerms.objects.started(moment).annotate(coin_micros=rate)
    row = terms.values_list("exact_from_coins", "exact_to_coins", "coin_micros").first()
    assert row, "migrations write the first terms"
    return ExactTerms(*row)
