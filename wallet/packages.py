"""Coin packages as of a moment: the price that a page shows is the price that a recharge charges."""

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
    """Why a price costs the platform money, and the words that an operator types if it is meant."""

    words: str
    sentence: str


PriceRule = Callable[[PackagePrice], TooCheap | None]
PRICE_RULES: list[PriceRule] = []


def price_rule(function: PriceRule) -> PriceRule:
    """Add a rule that is asked before a package gets a price. Apps above the wallet know what a coin becomes."""
    PRICE_RULES.append(function)
    return function


def why_too_cheap(price: PackagePrice) -> TooCheap | None:
    """Return why the price, which isn't saved yet, would cost the platform money; None if it wouldn't."""
    return next(filter(None, (rule(price) for rule in PRICE_RULES)), None)


def priced_packages(moment: datetime | None = None) -> QuerySet[CoinPackage]:
    """Return all packages with `cents` and `is_offered` at the moment; `next_cents` from `next_from` is announced."""
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
    """Return the smallest package on offer with at least that many coins, or None if none is large enough."""
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
    """Announce what a package costs from a moment on (now if left out). Raise ValidationError."""
    starts_at = starts_at or timezone.now()
    price = PackagePrice(
        package=package, cents=cents, set_by=by, reason_given=reason, by_name=by_name, starts_at=starts_at
    )
    price.full_clean()
    price.save()
    return price


def retired_from(package: CoinPackage) -> datetime | None:
    """Return the moment from which the package is no longer offered, as it is known now; None if it stays."""
    latest = package.offers.order_by("-starts_at", "-id").first()
    return latest.starts_at if latest and not latest.is_offered else None


@transaction.atomic
def retire_package(
    package: CoinPackage, moment: datetime | None, *, by: User | None, reason: str, by_name: bool = False
) -> None:
    """Offer a package until the moment, or for ever (None). The public history says from when, who and why."""
    CoinPackage.objects.select_for_update().get(pk=package.pk)
    now, was = timezone.now(), retired_from(package)
    package.offers.filter(starts_at__gt=now).delete()
    for starts_at, is_offered in offers_until(moment, was=was, now=now):
        package.offers.create(
            starts_at=starts_at, is_offered=is_offered, set_by=by, reason_given=reason, by_name=by_name
        )
