"""The gift catalog as of a moment: what the tray shows is what a tap is charged."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from live.models import Gift, GiftPrice


def catalog(moment=None):
    """Return the gifts on offer at the moment, each with `coins`, its price then. One statement."""
    moment = moment or timezone.now()
    price = GiftPrice.objects.started(moment).filter(gift=OuterRef("pk")).values("coins")[:1]
    on_offer = Q(retired_at__isnull=True) | Q(retired_at__gt=moment)
    return (
        Gift.objects.filter(on_offer)
        .annotate(coins=Subquery(price))
        .filter(coins__isnull=False)
        .order_by("order", "coins")
    )


def with_prices(gifts, moment=None):
    """Annotate gifts with `coins` now, and `next_coins` from `next_from` on (None if no change is announced)."""
    moment = moment or timezone.now()
    prices = GiftPrice.objects.filter(gift=OuterRef("pk"))
    coming = prices.filter(starts_at__gt=moment).order_by("starts_at", "id")
    return gifts.annotate(
        coins=Subquery(prices.started(moment).values("coins")[:1]),
        next_coins=Subquery(coming.values("coins")[:1]),
        next_from=Subquery(coming.values("starts_at")[:1], output_field=models.DateTimeField()),
    ).order_by(F("retired_at").asc(nulls_first=True), "order", "id")


def set_price(gift, coins, *, by, reason, starts_at=None):
    """Announce what a gift costs from a moment on (now if left out); return the GiftPrice. Raise ValidationError."""
    price = GiftPrice(gift=gift, coins=coins, set_by=by, reason_given=reason, starts_at=starts_at or timezone.now())
    price.full_clean()
    price.save()
    return price
