"""The numbers that the demo's operator announced: dated rows, each with its line in the operators' history."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.text import capfirst

from live.models import Gift, GiftPrice
from payouts.models import DiamondRate, PayoutTerms
from people.models import User
from people.operator import number_in_words
from people.operator_units import label_of
from people.text.history import Change, changes_in_words
from wallet.dated import DatedRow
from wallet.moments import moment_in_words

# A moment, and a function that is called with `now=` that moment.
Deed: TypeAlias = tuple[datetime, Callable[..., None]]

# Days ago, micros, reason.
RATES = [
    (75, 4_800, "Card fees rose: a diamond is worth 48 % of a coin until they are renegotiated."),
    (40, 5_000, "Card fees are back to where they were: half of a coin again."),
]
# Gift, days ago, coins, reason. One price is announced for next week.
PRICES = [
    ("balloon", 50, 60, "Redrawn, and dearer to try it out."),
    ("balloon", 22, 50, "Fewer were sent at 60 coins: back to the old price."),
    ("night-owl", -6, 250, "Late lives have grown: the owl becomes cheaper."),
]
AT_ONCE = "This is a demo: a new payout account can be used at once, so that you can try every outcome."


def numbers_announced(operator: User, opening: datetime) -> Iterator[Deed]:
    """Yield the operator's deeds, each two days before its number counts, or before the demo opens.

    Today a diamond is worth half a coin and every gift costs what the catalog says.
    """
    for days, micros, why in RATES:
        starts_at = _midnight(opening, days_ago=days)
        rate = DiamondRate(micros=micros, starts_at=starts_at, reason_given=why, set_by=operator)
        yield starts_at - timedelta(days=2), partial(_announce, rate, operator)
    for slug, days, coins, why in PRICES:
        starts_at = _midnight(opening, days_ago=days)
        gift = Gift.objects.get(slug=slug)
        price = GiftPrice(gift=gift, coins=coins, starts_at=starts_at, reason_given=why, set_by=operator)
        yield min(opening, starts_at) - timedelta(days=2), partial(_announce_price, price, operator)
    yield opening - timedelta(days=70), partial(_let_accounts_be_used_at_once, operator)


def _announce(row: DatedRow, operator: User, *, now: datetime) -> None:
    """Save a dated row; log the numbers in which it differs from the row before, as its screen does."""
    before = type(row).objects.started(row.starts_at).first()
    row.created_at = now
    row.save()
    common = {field.name for field in DatedRow._meta.fields}
    pairs = [
        (capfirst(label_of(field)), *(number_in_words(field.name, getattr(one, field.name)) for one in (before, row)))
        for field in row._meta.fields
        if not field.primary_key and field.name not in common
    ]
    words = changes_in_words(Change(*pair) for pair in pairs if pair[1] != pair[2])
    _log(row, operator, ADDITION, f"Announced: {row}; {words}. Reason: {row.reason_given}", now)


def _announce_price(price: GiftPrice, operator: User, *, now: datetime) -> None:
    """Save a price; log it as a change of its gift, as the gift's screen does."""
    before = price.gift.prices.started(price.starts_at).latest()
    price.created_at = now
    price.save()
    after = f"{price.coins:,} coins from {moment_in_words(price.starts_at)}"
    words = changes_in_words([Change("Price", f"{before.coins:,} coins", after)])
    _log(price.gift, operator, CHANGE, f"{words}. Reason: {price.reason_given}", now)


def _let_accounts_be_used_at_once(operator: User, *, now: datetime) -> None:
    """Set the waiting time of new payout accounts to zero, so that a visitor of the demo can withdraw at once."""
    terms = PayoutTerms.objects.at(now)
    terms.pk, terms._state.adding = None, True
    terms.account_wait_hours, terms.starts_at, terms.reason_given, terms.set_by = 0, now, AT_ONCE, operator
    _announce(terms, operator, now=now)


def _log(row: Model, operator: User, flag: int, words: str, now: datetime) -> None:
    LogEntry.objects.create(
        user=operator,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=flag,
        change_message=words,
        action_time=now,
    )


def _midnight(moment: datetime, *, days_ago: int) -> datetime:
    return (moment - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)
