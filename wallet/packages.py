"""Coin packages with their price and offer at a moment. Pages and recharges read both here."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from people.models import User
from wallet.dated import offers_until
from wallet.models import CoinPackage, PackageOffer, PackagePrice


class TooCheap(NamedTuple):
    """The reason why a price costs the platform money, and the words that an operator types to confirm it."""

    words: str
    sentence: str


PriceRule = Callable[[PackagePrice], TooCheap | None]
PRICE_RULES: list[PriceRule] = []


def price_rule(function: PriceRule) -> PriceRule:
    """Register a rule for new package prices. Apps above the wallet know the worth of a coin's diamonds."""
    PRICE_RULES.append(function)
    return function


def why_too_cheap(price: PackagePrice) -> TooCheap | None:
    """Return why an unsaved price would cost the platform money, or None."""
    return next(filter(None, (rule(price) for rule in PRICE_RULES)), None)


def priced_packages(moment: datetime | None = None) -> QuerySet[CoinPackage]:
    """Return all packages with `cents` and `is_offered` at the moment, and the next price from `next_from` on."""
    moment = moment or timezone.now()
    prices = PackagePrice.objects.filter(package=OuterRef("pk"))
    coming = prices.filter(starts_at__gt=moment).order_by("starts_at", "id")
    offer = PackageOffer.objects.started(moment).filter(package=OuterRef("pk")).values("is_offered")[:1]
    numbers = {
        "cents": Subquery(prices.started(moment).values("cents")[:1]),
        "is_offered": Q(cents__isnull=False) & Coalesce(Subquery(offer), True),
        "next_cents": Subquery(coming.values("cents")[:1]),
        "next_from": Subquery(coming.values("starts_at")[:1], output_field=models.DateTimeField()),
    }
    return CoinPackage.objects.annotate(**numbers).order_by("coins", "id")


def offered_packages(moment: datetime | None = None) -> QuerySet[CoinPackage]:
    """Return the packages on offer at the moment, the smallest first, each with its price as `cents`."""
    return priced_packages(moment).filter(Q(is_offered=True))


def smallest_package_covering(missing_coins: int, packages: Iterable[CoinPackage] | None = None) -> CoinPackage | None:
    """Return the smallest offered package with at least that many coins, or None."""
    packages = offered_packages() if packages is None else packages
    return next((package for package in packages if package.coins >= missing_coins), None)


def set_package_price(
    package: CoinPackage,
    cents: int,
    *,
    by: User | None,
    reason: str,
    by_name: bool = False,
    starts_at: datetime | None = None,
) -> PackagePrice:
    """Set the price of a package from a moment on (now if left out); return the PackagePrice. Raise ValidationError."""
    starts_at = starts_at or timezone.now()
    price = PackagePrice(
        package=package, cents=cents, set_by=by, reason_given=reason, by_name=by_name, starts_at=starts_at
    )
    price.full_clean()
    price.save()
    return price


def retired_from(package: CoinPackage) -> datetime | None:
    """Return the moment, past or announced, at which the package is retired; None if it stays offered.

    Offers come with the newest first; prefetched ones need no query.
    """
    latest = next(iter(package.offers.all()), None)
    return latest.starts_at if latest and not latest.is_offered else None


@transaction.atomic
def retire_package(
    package: CoinPackage, moment: datetime | None, *, by: User | None, reason: str, by_name: bool = False
) -> None:
    """Offer a package until the moment, or without an end (None). The public history shows date, author and reason."""
    CoinPackage.objects.select_for_update().get(pk=package.pk)
    now, was = timezone.now(), retired_from(package)
    package.offers.filter(starts_at__gt=now).delete()
    for starts_at, is_offered in offers_until(moment, was=was, now=now):
        package.offers.create(
            starts_at=starts_at, is_offered=is_offered, set_by=by, reason_given=reason, by_name=by_name
        )
