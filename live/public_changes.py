"""The public half of the change log: every rate, price, limit and text of the site, with reason, author and date.

Everything is read from the dated rows themselves, so it can't differ from what is charged. An announced row is in it
from the moment of its announcement, and leaves it if it is withdrawn.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

import regex
from django.db.models import QuerySet
from django.urls import reverse

from live.models import Gift, GiftOffer, GiftPrice, LiveTerms
from payouts.models import DiamondRate, PayoutTerms
from payouts.money import usd, usd_exact, whole
from people.models import PageVersion
from people.text.history import Change
from people.text.visible import one_line
from wallet.dated import DatedRow
from wallet.models import AgeTerms, CoinPackage, CoinRate, PackageOffer, PackagePrice, RechargeTerms

KINDS = {
    "rates": "Rates",
    "gifts": "Gifts",
    "packages": "Packages",
    "withdrawals": "Withdrawals",
    "lives": "Lives",
    "ages": "Age",
    "texts": "Texts",
}
# Texts of the site that bind both sides. The others, such as the help, aren't terms.
BINDING = [PageVersion.Slug.TERMS, PageVersion.Slug.PRIVACY]
Row = TypeVar("Row", bound=DatedRow)
# Two packages may have the same coins, so a thing is more than its words.
Thing = Gift | CoinPackage | str
NOT_IN_XML = regex.compile(r"[\p{Noncharacter_Code_Point}\p{Cs}]")


class PublicChange(NamedTuple):
    """A change as everybody may read it. A number's `before` is empty in the first row of a thing."""

    key: str
    kind: str
    subject: str
    numbers: list[Change]
    starts_at: datetime
    announced_at: datetime
    reason: str
    author: str

    @property
    def title(self) -> str:
        """Return the change in a line: Panda: 5 coins → 7 coins."""
        return f"{self.subject}: {', '.join(map(_in_a_line, self.numbers)) or 'no number changes'}"

    @property
    def path(self) -> str:
        return f"{reverse('economy-changes')}#{self.key}"


def _in_a_line(number: Change) -> str:
    name = f"{number.field} " if number.field else ""
    return f"{name}{number.before} → {number.after}" if number.before else f"{name}{number.after}"


def public_changes(kind: str = "") -> list[PublicChange]:
    """Return all changes, or those of one kind; those that count last come first. Eleven queries at most."""
    found = [change for one, read in READERS.items() if kind in ("", one) for change in read()]
    return sorted(found, key=lambda change: (change.starts_at, change.announced_at), reverse=True)


def newest_changes(count: int) -> list[PublicChange]:
    """Return the changes that were announced last, the newest first."""
    return sorted(public_changes(), key=lambda change: change.announced_at, reverse=True)[:count]


# --- Each kind ------------------------------------------------------------------------------------


def _rates() -> Iterator[PublicChange]:
    coins, diamonds = _dated(CoinRate.objects.all()), _dated(DiamondRate.objects.all())
    yield from _changes("rates", ((row, "A coin", {"": usd_exact(row.micros)}) for row in coins))
    yield from _changes("rates", ((row, "A diamond", {"": usd_exact(row.micros)}) for row in diamonds))


def _gifts() -> Iterator[PublicChange]:
    prices = _dated(GiftPrice.objects.select_related("gift"))
    yield from _changes("gifts", ((row, row.gift, {"": _coins(row.coins)}) for row in prices))
    offers = _dated(GiftOffer.objects.select_related("gift"))
    yield from _changes("gifts", ((row, row.gift, {"": row.in_words}) for row in offers), with_before=False)


def _packages() -> Iterator[PublicChange]:
    prices = _dated(PackagePrice.objects.select_related("package"))
    yield from _changes("packages", ((row, row.package, {"": usd(row.cents)}) for row in prices))
    offers = _dated(PackageOffer.objects.select_related("package"))
    named = ((row, row.package, {"": row.in_words}) for row in offers)
    yield from _changes("packages", named, with_before=False)
    terms = _dated(RechargeTerms.objects.all())
    yield from _changes("packages", ((row, "An exact amount", {"": row.in_words}) for row in terms))


def _withdrawals() -> Iterator[PublicChange]:
    rows = _dated(PayoutTerms.objects.all())
    yield from _changes("withdrawals", ((row, "Withdrawals", _payout_numbers(row)) for row in rows))


def _payout_numbers(terms: PayoutTerms) -> dict[str, str]:
    """Return the numbers that the economy page shows. Amounts above which operators approve are not among them."""
    return {
        "the least at once": usd(terms.minimum_cents),
        "the most in a week": usd(terms.weekly_cents),
        "a quote holds": f"{whole(terms.quote_seconds)} s",
        "money arrives within": f"{terms.arrival_days} day{'' if terms.arrival_days == 1 else 's'}",
        "a new account waits": f"{terms.account_wait_hours} h",
    }


def _lives() -> Iterator[PublicChange]:
    rows = _dated(LiveTerms.objects.all())
    yield from _changes("lives", ((row, "Lives", _live_numbers(row)) for row in rows))


def _live_numbers(terms: LiveTerms) -> dict[str, str]:
    return {
        "gifts from": f"{whole(terms.followers_needed)} follower{'' if terms.followers_needed == 1 else 's'}",
        "the dearest gift costs at most": _coins(terms.largest_gift_coins),
        "a live ends without its creator after": f"{terms.abandoned_after_minutes} min",
    }


def _ages() -> Iterator[PublicChange]:
    rows = _dated(AgeTerms.objects.all())
    yield from _changes("ages", ((row, "Coins and payouts", {"from": f"{row.least_age} years on"}) for row in rows))


def _texts() -> Iterator[PublicChange]:
    for version in PageVersion.objects.filter(slug__in=BINDING).defer("text"):
        moment, key = version.published_at, f"text-{version.pk}"
        numbers = [Change("", "", "a new version")]
        why = _for_everybody(version.reason)
        yield PublicChange(key, "texts", version.get_slug_display(), numbers, moment, moment, why, "an operator")


READERS = {
    "rates": _rates,
    "gifts": _gifts,
    "packages": _packages,
    "withdrawals": _withdrawals,
    "lives": _lives,
    "ages": _ages,
    "texts": _texts,
}


# --- Rows into changes ----------------------------------------------------------------------------


def _dated(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return dated rows in the order in which they count, with their authors."""
    return rows.select_related("set_by").order_by("starts_at", "id")


def _coins(coins: int) -> str:
    return f"{whole(coins)} coin{'' if coins == 1 else 's'}"


def _changes(
    kind: str, rows: Iterable[tuple[DatedRow, Thing, dict[str, str]]], *, with_before: bool = True
) -> Iterator[PublicChange]:
    """Yield a change for each row: its numbers that differ from those of the row before it, of the same thing."""
    latest: dict[Thing, dict[str, str]] = {}
    for row, thing, numbers in rows:
        before = latest.get(thing, {})
        changed = [Change(name, before.get(name, ""), now) for name, now in numbers.items() if before.get(name) != now]
        if with_before:
            latest[thing] = numbers
        key = f"{type(row).__name__.lower()}-{row.pk}"
        yield PublicChange(
            key, kind, str(thing), changed, row.starts_at, row.created_at, _for_everybody(row.reason_given), row.author
        )


def _for_everybody(text: str) -> str:
    """Return a text as one line without the characters that XML forbids: a feed with one of them can't be read."""
    return NOT_IN_XML.sub("", one_line(text))
