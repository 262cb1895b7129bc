"""Effects of another price of a gift, in sentences for the form that would set it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from live.models import Gift, GiftTap, LiveSession
from payouts import worth
from payouts.effects import LATELY, OF_LATE, counted
from payouts.money import coins_usd, usd_exact, whole


class NewPrice(NamedTuple):
    """A gift with another price from now on, in coins; `before` is None for a gift that has none yet."""

    gift: Gift
    before: int | None
    after: int


def gift_price_effects(before: int | None, after: int, moment: datetime) -> list[str]:
    """Return what a tap costs and what its creator gets of it, before and after. One query."""
    rates = worth.rates_at(moment)
    new = worth.where_coins_go(after, rates)
    costs = f"A tap costs {counted(after, 'coin')} ({usd_exact(new.viewer_micros)})"
    gets = f"Its creator gets {usd_exact(new.creator_micros)}"
    keeps = f"the platform keeps {usd_exact(new.platform_micros)}"
    if before is None:
        return [f"{costs}.", f"{gets}, {keeps}."]
    old = worth.where_coins_go(before, rates)
    return [
        f"{costs} instead of {counted(before, 'coin')} ({usd_exact(old.viewer_micros)}).",
        f"{gets} instead of {usd_exact(old.creator_micros)}, {keeps} instead of {usd_exact(old.platform_micros)}.",
    ]


def gift_usage(gift: Gift) -> list[str]:
    """Return how often the gift was tapped in the last 28 days. One query, over the lives of these days alone."""
    taps = _taps_of_late().filter(gift=gift)
    found = taps.aggregate(taps=Count("pk"), given=Sum("quantity"), coins=Sum("coins"))
    if not found["taps"]:
        return [f"Nobody tapped it {LATELY}."]
    given, coins = whole(found["given"]), counted(found["coins"], "coin")
    return [f"It was tapped {counted(found['taps'], 'time')} {LATELY}: {given} given, {coins}."]


def new_prices_effects(prices: Sequence[NewPrice]) -> list[str]:
    """Return a sentence for each new price from now on: dollars, and taps of the last 28 days. Two queries."""
    if not prices:
        return []
    rates = worth.rates_at()
    taps = _taps_of_late().values("gift").annotate(count=Count("pk")).values_list("gift", "count")
    counts = dict(taps.filter(gift__in=[price.gift.pk for price in prices if price.before is not None]))
    return [_new_price(price, counts.get(price.gift.pk, 0), rates) for price in prices]


def _new_price(price: NewPrice, taps: int, rates: worth.Rates) -> str:
    costs = f"{price.gift} costs {counted(price.after, 'coin')} ({coins_usd(price.after, rates)})"
    if price.before is None:
        return f"{costs}. It is new."
    was = f"{counted(price.before, 'coin')} ({coins_usd(price.before, rates)})"
    return f"{costs} instead of {was}. Taps {LATELY}: {whole(taps)}."


def _taps_of_late() -> QuerySet[GiftTap]:
    """Return the taps of the last 28 days, by way of their lives: taps have no index of their moments."""
    since = timezone.now() - OF_LATE
    lives = LiveSession.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since)).values("pk")
    return GiftTap.objects.filter(session__in=lives, created_at__gte=since).order_by()
