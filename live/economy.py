"""The public page of the economy: rates, terms and prices of today, announced ones, and all earlier ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from live.gifts.catalog import with_prices
from live.models import Gift, GiftOffer, GiftPrice, LiveTerms
from live.step_lines import Step, StepLine, draw_step_line
from payouts.models import DiamondRate, PayoutTerms
from payouts.money import coins_usd, usd, usd_exact, whole
from payouts.worth import Rates
from people.answers import Context
from wallet.dated import DatedRow
from wallet.models import AgeTerms, CoinRate, PackageOffer, PackagePrice, RechargeTerms
from wallet.packages import priced_packages

Row = TypeVar("Row", bound=DatedRow)
Price = TypeVar("Price", bound=DatedRow)
Offer = TypeVar("Offer", bound=DatedRow)


class History(NamedTuple, Generic[Row]):
    """Dated rows of one kind, the newest first: those to come, the one in force, those that are over."""

    announced: list[Row]
    current: Row | None
    past: list[Row]

    @property
    def rows(self) -> list[Row]:
        """All rows, the newest first."""
        return [*self.announced, *([self.current] if self.current else []), *self.past]


class Announced(NamedTuple):
    """A row that doesn't count yet, in words, with a calendar in the tint of its unit or the picture of its gift."""

    row: DatedRow
    words: str
    tint: str = ""
    art: str = ""


def history_of(rows: list[Row], moment: datetime) -> History[Row]:
    """Split dated rows, the newest first, into a History."""
    announced = [row for row in rows if row.starts_at > moment]
    counted = rows[len(announced) :]
    return History(announced, counted[0] if counted else None, counted[1:])


def describe_economy() -> Context:
    """Return the context of the public page. Twelve queries, however long the history is."""
    moment = timezone.now()
    coin, diamond = _history(CoinRate.objects.all(), moment), _history(DiamondRate.objects.all(), moment)
    assert coin.current and diamond.current, "migrations write the first rates"
    gifts = [gift for gift in with_prices(Gift.objects.all(), moment) if gift.coins is not None or gift.next_coins]
    changes = _newest_first(
        GiftPrice.objects.select_related("gift", "set_by").order_by("-starts_at", "gift__order", "-id"),
        GiftOffer.objects.select_related("gift", "set_by"),
    )
    package_changes = _newest_first(
        PackagePrice.objects.select_related("package", "set_by").order_by("-starts_at", "package__coins", "-id"),
        PackageOffer.objects.select_related("package", "set_by"),
    )
    payout, live = _history(PayoutTerms.objects.all(), moment), _history(LiveTerms.objects.all(), moment)
    recharge = _history(RechargeTerms.objects.all(), moment)
    ages = _history(AgeTerms.objects.all(), moment)
    rates = Rates(coin.current.micros, diamond.current.micros, diamond.current.starts_at)
    announced = [*_announced(coin, diamond, payout, live), *_ages(ages), *_exact(recharge)]
    announced += [_gift_in_words(row, rates) for row in reversed(changes) if row.starts_at > moment]
    announced += [_package_in_words(row) for row in reversed(package_changes) if row.starts_at > moment]
    return {
        "moment": moment,
        "rates": rates,
        "coin": coin,
        "diamond": diamond,
        "payout": payout,
        "live": live,
        "coin_line": _line_of(coin, moment),
        "diamond_line": _line_of(diamond, moment),
        "gifts": [gift for gift in gifts if gift.retired_at is None or gift.retired_at > moment],
        "changes": changes,
        "packages": [package for package in priced_packages(moment) if package.is_offered],
        "package_changes": package_changes,
        "recharge": recharge,
        "announced": sorted(announced, key=lambda one: one.row.starts_at),
    }


def _history(rows: QuerySet[Row], moment: datetime) -> History[Row]:
    return history_of(list(rows.select_related("set_by").order_by("-starts_at", "-id")), moment)


def _line_of(history: History[CoinRate] | History[DiamondRate], moment: datetime) -> StepLine:
    rows: Sequence[CoinRate | DiamondRate] = history.rows
    return draw_step_line([Step(row.starts_at, row.micros) for row in reversed(rows)], moment)


def _newest_first(prices: Iterable[Price], offers: Iterable[Offer]) -> list[Price | Offer]:
    """Return dated rows of two kinds together. Those of one moment stay in their order."""
    rows: list[Price | Offer] = [*prices, *offers]
    return sorted(rows, key=lambda row: row.starts_at, reverse=True)


def _announced(
    coin: History[CoinRate], diamond: History[DiamondRate], payout: History[PayoutTerms], live: History[LiveTerms]
) -> list[Announced]:
    return [
        *(Announced(row, f"A coin will cost {usd_exact(row.micros)}", tint="coin") for row in coin.announced),
        *(Announced(row, f"A diamond will be worth {usd_exact(row.micros)}", tint="gem") for row in diamond.announced),
        *(Announced(row, _payout_in_words(row)) for row in payout.announced),
        *(Announced(row, _live_in_words(row)) for row in live.announced),
    ]


def _exact(recharge: History[RechargeTerms]) -> list[Announced]:
    return [Announced(row, f"An exact amount will be {row.in_words}", tint="coin") for row in recharge.announced]


def _ages(ages: History[AgeTerms]) -> list[Announced]:
    return [Announced(row, f"Coins and payouts from {row.least_age} years on") for row in ages.announced]


def _payout_in_words(terms: PayoutTerms) -> str:
    return f"Withdrawals from {usd(terms.minimum_cents)}, at most {usd(terms.weekly_cents)} a week"


def _live_in_words(terms: LiveTerms) -> str:
    return f"Gifts from {whole(terms.followers_needed)} followers, none above {whole(terms.largest_gift_coins)} coins"


def _gift_in_words(row: GiftPrice | GiftOffer, rates: Rates) -> Announced:
    if isinstance(row, GiftPrice):
        words = f"{row.gift} will cost {row.in_words}, {coins_usd(row.coins, rates)}"
    else:
        words = f"{row.gift} will be {row.in_words}"
    return Announced(row, words, art=row.gift.art)


def _package_in_words(row: PackagePrice | PackageOffer) -> Announced:
    verb = "cost" if isinstance(row, PackagePrice) else "be"
    return Announced(row, f"The package of {row.package} will {verb} {row.in_words}", tint="coin")
