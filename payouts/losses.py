"""Moments at which a diamond is worth more than the coin it comes from: each gift then costs the platform money.

A coin costs its face value, or less in a package. These numbers and the diamond's are dated rows of three tables, and
any may be announced first. A CHECK can't compare them, because it sees one row, and a trigger on one table would miss
the others. So the screens that write the rows ask here.
"""

from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet

from payouts.models import DiamondRate
from payouts.money import usd_exact
from people.brand import site_name
from wallet.coins import MICROS_PER_CENT
from wallet.models import CoinPackage, CoinRate, PackagePrice
from wallet.moments import moment_in_words
from wallet.packages import TooCheap, price_rule, retired_from

Row = DiamondRate | CoinRate | PackagePrice
Rate = TypeVar("Rate", DiamondRate, CoinRate)


class Loss(NamedTuple):
    """From the moment on a coin costs less than the diamond it becomes is worth."""

    moment: datetime
    coin_micros: int
    diamond_micros: int

    @property
    def micros(self) -> int:
        return self.diamond_micros - self.coin_micros


class _Price(NamedTuple):
    starts_at: datetime
    micros: int
    ends_at: datetime | None = None


def first_loss(*, since: datetime, added: Row | None = None, without: Row | None = None) -> Loss | None:
    """Return the first Loss at the moment or later, as if a row were added or withdrawn; None if there is none."""
    diamonds = _series(DiamondRate.objects.all(), added, without)
    coins = [_series(CoinRate.objects.all(), added, without), *_package_series(since, added)]
    moments = {price.starts_at for prices in (diamonds, *coins) for price in prices if price.starts_at > since}
    for moment in sorted({since, *moments}):
        diamond = _at(diamonds, moment)
        cheapest = min(filter(None, (_at(prices, moment) for prices in coins)), default=None)
        if diamond and cheapest and diamond > cheapest:
            return Loss(moment, cheapest, diamond)
    return None


@price_rule
def package_loses(price: PackagePrice) -> TooCheap | None:
    """Return the loss that a package at this price would cause, for the form that would set it."""
    loss = first_loss(since=price.starts_at, added=price)
    return loss and too_cheap(loss)


def too_cheap(loss: Loss) -> TooCheap:
    """Return the words to type, and the sentence that asks for them."""
    return TooCheap(
        words=f"{usd_exact(loss.diamond_micros)} for {usd_exact(loss.coin_micros)}",
        sentence=(
            f"From {moment_in_words(loss.moment)} on a diamond is worth more than the coin it comes from costs. "
            f"Whoever gives to a second account of their own then gains {usd_exact(loss.micros)} with each coin, "
            f"paid by {site_name()}."
        ),
    )


def _series(rows: QuerySet[Rate], added: Row | None, without: Row | None) -> list[_Price]:
    """Return the prices of one table, the oldest first. Of two rows of one moment the newer one wins."""
    kept = [row for row in rows.order_by("starts_at", "id") if without is None or row != without]
    if isinstance(added, rows.model):
        kept.append(added)
    return [_Price(row.starts_at, row.micros) for row in sorted(kept, key=lambda row: row.starts_at)]


def _package_series(since: datetime, added: Row | None) -> list[list[_Price]]:
    """Return the prices of one coin, for each package that is sold at the moment or later."""
    series = []
    packages = list(CoinPackage.objects.prefetch_related("prices", "offers"))
    price = added if isinstance(added, PackagePrice) else None
    new = price and price.package
    for package in packages + ([new] if new and new.pk is None else []):
        own = new is not None and (package is new or package.pk == new.pk)
        ends_at = retired_from(package) if package.pk and not own else None
        prices = sorted(package.prices.all(), key=lambda row: row.starts_at) if package.pk else []
        prices = sorted([*prices, price], key=lambda row: row.starts_at) if own and price else prices
        if ends_at is None or ends_at > since:
            series.append(
                [_Price(row.starts_at, row.cents * MICROS_PER_CENT // package.coins, ends_at) for row in prices]
            )
    return series


def _at(prices: list[_Price], moment: datetime) -> int | None:
    price = next((price for price in reversed(prices) if price.starts_at <= moment), None)
    return price.micros if price and (price.ends_at is None or price.ends_at > moment) else None
