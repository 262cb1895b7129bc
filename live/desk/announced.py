"""Prices, rates and limits that are announced and don't count yet, the next one first."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from live.models import GiftOffer, GiftPrice, LiveTerms
from payouts.models import DiamondRate, PayoutTerms
from payouts.money import usd, usd_exact
from wallet.dated import DatedRow
from wallet.models import AgeTerms, CoinRate, PackageOffer, PackagePrice, RechargeTerms

MOST = 12


class Announced(NamedTuple):
    """A dated row that is still to come: its words, and its model and key for a link."""

    kind: str
    pk: int
    starts_at: datetime
    words: str
    reason: str


class Source(NamedTuple):
    """A dated model, and the columns that its sentence is made of."""

    model: type[DatedRow]
    subject: str
    number: str
    sentence: str


SOURCES = {
    "wallet.coinrate": Source(CoinRate, "", "micros", "A coin costs {micros}"),
    "payouts.diamondrate": Source(DiamondRate, "", "micros", "A diamond is worth {micros}"),
    "wallet.packageprice": Source(PackagePrice, "package__coins", "cents", "{subject} for {cents}"),
    "live.giftprice": Source(GiftPrice, "gift__name", "coins", "{subject} costs {number:,} coin{s}"),
    "payouts.payoutterms": Source(PayoutTerms, "", "weekly_cents", "Limits of withdrawals: at most {cents} a week"),
    "wallet.rechargeterms": Source(
        RechargeTerms, "", "exact_from_coins", "An exact amount is at least {number:,} coin{s}"
    ),
    "live.liveterms": Source(LiveTerms, "", "followers_needed", "Gifts need {number:,} follower{s}"),
    "wallet.ageterms": Source(AgeTerms, "", "least_age", "Coins and payouts from {number} years on"),
    "wallet.packageoffer": Source(PackageOffer, "package__coins", "is_offered", "{subject}: {offered}"),
    "live.giftoffer": Source(GiftOffer, "gift__name", "is_offered", "{subject}: {offered}"),
}
# An offer has no screen of its own: it stands on the page of its thing.
THINGS = {"wallet.packageoffer": ("wallet.coinpackage", "package_id"), "live.giftoffer": ("live.gift", "gift_id")}


def announced(now: datetime | None = None) -> list[Announced]:
    """Return the next MOST announced rows. One query; they are public, so it needs no permission."""
    now = now or timezone.now()
    parts = [_part(kind, source, now) for kind, source in SOURCES.items()]
    rows = parts[0].union(*parts[1:], all=True).order_by("starts_at", "kind")[:MOST]
    return [_in_words(*row) for row in rows]


def _part(kind: str, source: Source, now: datetime) -> QuerySet[Any, Any]:
    subject = Cast(F(source.subject), CharField()) if source.subject else Value("")
    number = Case(When(is_offered=True, then=1), default=0) if source.number == "is_offered" else F(source.number)
    _, key = THINGS.get(kind, ("", "pk"))
    rows: QuerySet[Any, Any] = source.model.objects.filter(starts_at__gt=now).order_by()
    columns = {"kind": Value(kind), "key": F(key), "subject": subject, "number": Cast(number, BigIntegerField())}
    return rows.annotate(**columns).values_list("kind", "key", "starts_at", "reason_given", "subject", "number")


def _in_words(kind: str, key: int, starts_at: datetime, reason: str, subject: str, number: int) -> Announced:
    if SOURCES[kind].subject == "package__coins":
        subject = f"{int(subject):,} coin{'' if subject == '1' else 's'}"
    values = {
        "number": number,
        "s": "" if number == 1 else "s",
        "cents": usd(number),
        "micros": usd_exact(number),
        "offered": "offered again" if number else "no longer offered",
    }
    words = SOURCES[kind].sentence.format(subject=subject, **values)
    return Announced(THINGS.get(kind, (kind, ""))[0], key, starts_at, words, reason)
