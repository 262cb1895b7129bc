"""The gift catalog at a moment: the tray shows the price that a tap is charged."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from live.models import Gift, GiftPrice, LiveTerms
from people.models import User
from wallet.dated import offers_until
from wallet.errands import namer


@namer
def gift_called(slug: str) -> str | None:
    """Return the name of the gift with a slug, offered or not; None without one."""
    return Gift.objects.filter(slug=slug).values_list("name", flat=True).first()


def catalog(moment: datetime | None = None) -> QuerySet[Gift]:
    """Return the gifts on offer at the moment, each with `coins`, its price then. One query."""
    moment = moment or timezone.now()
    price = GiftPrice.objects.started(moment).filter(gift=OuterRef("pk")).values("coins")[:1]
    return (
        Gift.objects.filter(_is_offered(moment))  # type: ignore[no-redef, misc]
        .annotate(coins=Subquery(price))
        .filter(coins__isnull=False)
        .order_by("order", "coins")
    )


def with_prices(gifts: QuerySet[Gift], moment: datetime | None = None) -> QuerySet[Gift]:
    """Annotate gifts with `coins` now, and `next_coins` from `next_from` on (None if no change is announced)."""
    moment = moment or timezone.now()
    prices = GiftPrice.objects.filter(gift=OuterRef("pk"))
    coming = prices.filter(starts_at__gt=moment).order_by("starts_at", "id")
    return gifts.annotate(  # type: ignore[no-redef]
        coins=Subquery(prices.started(moment).values("coins")[:1]),
        next_coins=Subquery(coming.values("coins")[:1]),
        next_from=Subquery(coming.values("starts_at")[:1], output_field=models.DateTimeField()),
    ).order_by(F("retired_at").asc(nulls_first=True), "order", "id")


def set_price(
    gift: Gift, coins: int, *, by: User | None, reason: str, by_name: bool = False, starts_at: datetime | None = None
) -> GiftPrice:
    """Set the price of a gift from a moment on (now if left out); return the GiftPrice. Raise ValidationError."""
    starts_at = starts_at or timezone.now()
    price = GiftPrice(gift=gift, coins=coins, set_by=by, reason_given=reason, by_name=by_name, starts_at=starts_at)
    price.full_clean()
    refuse_above_terms(price.coins, price.starts_at)
    price.save()
    return price


@transaction.atomic
def retire_gift(gift: Gift, moment: datetime | None, *, by: User | None, reason: str, by_name: bool = False) -> None:
    """Offer a gift until the moment, or for ever (None). The public history keeps moment, author and reason."""
    now, was = timezone.now(), Gift.objects.select_for_update().get(pk=gift.pk).retired_at
    gift.offers.filter(starts_at__gt=now).delete()
    for starts_at, is_offered in offers_until(moment, was=was, now=now):
        gift.offers.create(starts_at=starts_at, is_offered=is_offered, set_by=by, reason_given=reason, by_name=by_name)
    gift.retired_at = moment
    gift.save(update_fields=["retired_at"])


def refuse_above_terms(coins: int, moment: datetime) -> None:
    """Raise ValidationError if the terms of the moment forbid a gift at that price."""
    most = LiveTerms.objects.at(moment).largest_gift_coins
    if coins > most:
        raise ValidationError(f"A gift costs at most {most:,} coins. Change the live terms first.")


def dearest_gift(moment: datetime) -> Gift | None:
    """Return the gift on offer with the highest price at the moment or announced for later, as `coins`; or None."""
    later = GiftPrice.objects.filter(gift=OuterRef("pk"), starts_at__gt=moment).order_by("-coins").values("coins")
    now = GiftPrice.objects.started(moment).filter(gift=OuterRef("pk")).values("coins")
    priced = Gift.objects.filter(_is_offered(moment)).annotate(now=Subquery(now[:1]), later=Subquery(later[:1]))
    prices = [(max(gift.now or 0, gift.later or 0), gift) for gift in priced]
    if not prices:
        return None
    coins, gift = max(prices, key=lambda pair: pair[0])
    gift.coins = coins
    return gift


def _is_offered(moment: datetime) -> Q:
    """Return the condition that a gift isn't retired at the moment."""
    return Q(retired_at__isnull=True) | Q(retired_at__gt=moment)
