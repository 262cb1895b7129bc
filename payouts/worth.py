"""The worth of coins and diamonds: the one module with the formulas.

Whole numbers throughout: coins, points, diamonds, cents, and micros (millionths of a dollar). Money is rounded once,
at the edge, downwards.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Subquery
from django.utils import timezone

from payouts.models import DiamondRate
from wallet.coins import MICROS_PER_CENT
from wallet.coins import coins_to_micros as price_of_coins
from wallet.models import CoinRate


class Rates(NamedTuple):
    """The price of a coin and the worth of a diamond at one moment, in micros, and the start of the diamond's rate."""

    coin_micros: int
    diamond_micros: int
    since: datetime | None = None


class Breakdown(NamedTuple):
    """The split of a number of coins, in micros: viewer = creator + platform, exactly."""

    coins: int
    viewer_micros: int
    creator_micros: int
    platform_micros: int


def rate_at(moment: datetime | None = None) -> DiamondRate:
    """Return the DiamondRate that counts at the moment (now if left out)."""
    return DiamondRate.objects.at(moment)


def rates_at(moment: datetime | None = None) -> Rates:
    """Return the Rates at the moment, by one query."""
    moment = moment or timezone.now()
    coin = CoinRate.objects.started(moment).values("micros")[:1]
    row = DiamondRate.objects.started(moment).annotate(coin_micros=Subquery(coin)).first()
    if row is None:
        raise DiamondRate.DoesNotExist("no diamond rate had started by then")
    return Rates(row.coin_micros, row.micros, row.starts_at)


def coins_to_micros(coins: int, rates: Rates) -> int:
    """Return the price of coins at face value: 5 coins at 10,000 = 50,000 micros = $0.05."""
    return price_of_coins(coins, rates.coin_micros)


def points_to_diamonds(points: int) -> int:
    """Return the diamonds that points become when their live settles, one for one: 18,420 = 18,420.

    The books prove it of every settlement, and the CHECK `settled_one_to_one` keeps it.
    """
    return points


def diamonds_to_micros(diamonds: int, micros: int) -> int:
    """Return the worth of diamonds, unrounded: 5 diamonds at 5,000 = 25,000 micros = $0.025."""
    return diamonds * micros


def diamonds_to_cents(diamonds: int, micros: int) -> int:
    """Return the worth of diamonds in whole cents, rounded down: 19,999 at 5,000 = 9,999 cents = $99.99."""
    return diamonds_to_micros(diamonds, micros) // MICROS_PER_CENT


def cents_to_diamonds(cents: int, micros: int) -> int:
    """Return the fewest diamonds worth at least the cents: 10,000 cents at 5,000 = 20,000; 1 cent at 3,000 = 4."""
    return -(-cents * MICROS_PER_CENT // micros)


def where_coins_go(coins: int, rates: Rates) -> Breakdown:
    """Return the Breakdown of coins: 5 coins = $0.05 paid = $0.025 to the creator + $0.025 kept by the platform."""
    viewer = coins_to_micros(coins, rates)
    creator = diamonds_to_micros(points_to_diamonds(coins), rates.diamond_micros)
    return Breakdown(coins, viewer, creator, viewer - creator)
