"""What a price of a gift would change, in sentences for the form that would set it."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from live.models import Gift, GiftTap, LiveSession
from payouts import worth
from payouts.effects import LATELY, counted
from payouts.money import usd_exact, whole

OF_LATE = timedelta(days=28)


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
    since = timezone.now() - OF_LATE
    lives = LiveSession.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since)).values("pk")
    taps = GiftTap.objects.filter(session__in=lives, gift=gift, created_at__gte=since)
    found = taps.order_by().aggregate(taps=Count("pk"), given=Sum("quantity"), coins=Sum("coins"))
    if not found["taps"]:
        return [f"Nobody tapped it {LATELY}."]
    given, coins = whole(found["given"]), counted(found["coins"], "coin")
    return [f"It was tapped {counted(found['taps'], 'time')} {LATELY}: {given} given, {coins}."]
