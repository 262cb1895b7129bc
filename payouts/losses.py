"""Moments at which a diamond is worth more than the coin it comes from: each gift then costs the platform money.

Both numbers are dated rows of two tables, and either may be announced first. So a CHECK can't compare them, because it
sees one row, and a trigger on one table would miss the other. The screens that write the rows ask here.
"""

from datetime import datetime
from typing import NamedTuple

from payouts.models import DiamondRate
from wallet.models import CoinRate

Rate = DiamondRate | CoinRate


class Loss(NamedTuple):
    """From the moment on a coin costs less than the diamond it becomes is worth."""

    moment: datetime
    coin_micros: int
    diamond_micros: int

    @property
    def micros(self) -> int:
        return self.diamond_micros - self.coin_micros


def first_loss(*, since: datetime, added: Rate | None = None, without: Rate | None = None) -> Loss | None:
    """Return the first Loss at the moment or later, as if a rate were added or withdrawn; None if there is none."""
    coins, diamonds = (_from(model, since, added, without) for model in (CoinRate, DiamondRate))
    for moment in sorted({since, *(rate.starts_at for rate in coins + diamonds if rate.starts_at > since)}):
        coin, diamond = _at(coins, moment), _at(diamonds, moment)
        if coin and diamond and diamond.micros > coin.micros:
            return Loss(moment, coin.micros, diamond.micros)
    return None


def _from(model: type[Rate], since: datetime, added: Rate | None, without: Rate | None) -> list[Rate]:
    """Return the rates that count at the moment or later, the oldest first."""
    rates = list(model.objects.filter(starts_at__gt=since))
    before = model.objects.started(since)
    if isinstance(without, model):
        rates = [rate for rate in rates if rate.pk != without.pk]
        before = before.exclude(pk=without.pk)
    rates += before[:1]
    # An added rate of the same moment comes behind the one that counts: the newer one of two wins.
    rates += [added] if isinstance(added, model) else []
    return sorted(rates, key=lambda rate: rate.starts_at)


def _at(rates: list[Rate], moment: datetime) -> Rate | None:
    return next((rate for rate in reversed(rates) if rate.starts_at <= moment), None)
