"""What everybody may know of the economy: what things are worth today, what is announced, and every row before."""

from typing import NamedTuple

from django.utils import timezone

from live.catalog import with_prices
from live.models import Gift, GiftPrice, LiveTerms
from payouts.models import DiamondRate, PayoutTerms
from payouts.worth import Rates
from wallet.models import CoinRate


class History(NamedTuple):
    """The dated rows of one kind, the newest first, split at the moment: to come, counting, over."""

    announced: list
    current: object
    past: list

    @property
    def rows(self):
        """All of them, the newest first."""
        return [*self.announced, *([self.current] if self.current else []), *self.past]


def history_of(rows, moment):
    """Split dated rows, the newest first, into a History."""
    announced = [row for row in rows if row.starts_at > moment]
    counted = rows[len(announced) :]
    return History(announced, counted[0] if counted else None, counted[1:])


def describe_economy(moment=None):
    """Return what the public page shows, from six statements however long the history is."""
    moment = moment or timezone.now()
    coin, diamond, payout, live = (
        history_of(list(model.objects.order_by("-starts_at", "-id")), moment)
        for model in (CoinRate, DiamondRate, PayoutTerms, LiveTerms)
    )
    gifts = [gift for gift in with_prices(Gift.objects.all(), moment) if gift.coins is not None or gift.next_coins]
    prices = list(GiftPrice.objects.select_related("gift").order_by("-starts_at", "gift__order", "-id"))
    return {
        "moment": moment,
        "rates": Rates(coin.current.micros, diamond.current.micros, diamond.current.starts_at),
        "coin": coin,
        "diamond": diamond,
        "payout": payout,
        "live": live,
        "gifts": [gift for gift in gifts if gift.retired_at is None or gift.retired_at > moment],
        "prices": prices,
        "announced_prices": [price for price in reversed(prices) if price.starts_at > moment],
    }
