"""Effects of another price of a package, in sentences for the form that would set it."""

from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from people.text.numbers import in_dollars, in_exact_dollars
from wallet.coins import MICROS_PER_CENT
from wallet.models import CoinPackage, CoinRate, Recharge

OF_LATE = timedelta(days=28)


def package_price_effects(package: CoinPackage, before: int | None, after: int, moment: datetime) -> list[str]:
    """Return what the package and a coin of it cost, before and after, against face value. One query."""
    face = CoinRate.objects.at(moment).micros
    instead = "" if before is None else f" instead of {in_dollars(before)}"
    coin = _of_a_coin(package, after)
    coin += "" if before is None else f" instead of {_of_a_coin(package, before)}"
    return [
        f"{package} cost {in_dollars(after)}{instead}.",
        f"A coin of it costs {coin}. {_against_face_value(package, after, face)}",
    ]


def package_usage(package: CoinPackage) -> list[str]:
    """Return how often the package was bought in the last 28 days. One query."""
    bought = Recharge.objects.filter(
        package=package, status=Recharge.Status.CONFIRMED, started_at__gte=timezone.now() - OF_LATE
    )
    found = bought.aggregate(count=Count("pk"), cents=Sum("cents"))
    if not found["count"]:
        return ["Nobody bought it in the last 28 days."]
    times = f"{found['count']:,} time{'' if found['count'] == 1 else 's'}"
    return [f"It was bought {times} in the last 28 days, for {in_dollars(found['cents'])}."]


def _of_a_coin(package: CoinPackage, cents: int) -> str:
    micros, rest = divmod(cents * MICROS_PER_CENT, package.coins)
    return f"about {in_exact_dollars(micros)}" if rest else in_exact_dollars(micros)


def _against_face_value(package: CoinPackage, cents: int, face: int) -> str:
    """Compare with the face value, exactly: a coin of the package may cost a fraction of a micro."""
    paid, worth = cents * MICROS_PER_CENT, face * package.coins
    if paid == worth:
        return f"That is face value, {in_exact_dollars(face)}."
    whole, tenths = divmod(abs(paid - worth) * 1_000 // worth, 10)
    percent, side = f"{whole:,}.{tenths}".removesuffix(".0"), "above" if paid > worth else "below"
    return f"That is {percent} % {side} face value, {in_exact_dollars(face)}."
