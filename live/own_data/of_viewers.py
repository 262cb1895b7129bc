"""Rows of a person: gifts, comments, follows, thanks from creators, and own limits."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from live.totals.spending import face_value_micros
from people.models import User
from people.own_data.tables import Row, Table, read_rows, usd
from wallet.coins import coins_to_micros
from wallet.models import CoinRate


def _gifts(person: User) -> Iterator[Row]:
    taps = person.taps.annotate(micros=face_value_micros())
    columns = ("tap_id", "created_at", "session_id", "name", "quantity", "price", "coins", "micros", "as_somebody")
    for *row, micros, as_somebody in read_rows(taps, *columns, by="created_at"):
        yield *row, usd(micros), as_somebody


def _spent(person: User) -> Iterator[Row]:
    """Yield the sums of each live and gift, by one query."""
    named = person.taps.order_by("session_id", "name").values_list(
        "session_id", "session__title", "session__creator__name", "name"
    )
    sums = named.annotate(sent=Sum("quantity"), spent=Sum("coins"), micros=Sum(face_value_micros()))
    for *row, micros in sums.iterator():
        yield *row, usd(micros)


def _follows(person: User) -> Iterator[Row]:
    return read_rows(person.follows.all(), "creator__name", "creator__handle", "created_at", "as_somebody")


def _comments(person: User) -> Iterator[Row]:
    columns = ("comment_id", "created_at", "session_id", "session__title", "text", "tap__tap_id", "as_somebody")
    return read_rows(person.comments.all(), *columns, "removed_at", by="created_at")


def _thanks(person: User) -> Iterator[Row]:
    columns = ("created_at", "session_id", "session__creator__name", "words", "as_somebody")
    return read_rows(person.thanks_received.all(), *columns)


def _limits(person: User) -> Iterator[Row]:
    rate = CoinRate.objects.at()

    def worth(coins: int | None) -> Decimal | None:
        return None if coins is None else usd(coins_to_micros(coins, rate.micros))

    columns = ("daily_coins", "weekly_coins", "starts_at", "asked_at", "called_off_at")
    for daily, weekly, *moments in read_rows(person.spending_limits.all(), *columns):
        yield daily, worth(daily), weekly, worth(weekly), *moments


TABLES = [
    Table(
        "gifts_sent",
        "Every gift that you sent.",
        ["live.GiftTap.viewer"],
        {
            "gift": "its number on this site",
            "at_utc": "when you sent it",
            "live": "the live, as in coins_spent.csv",
            "name": "what the gift was called",
            "quantity": "how many",
            "price_coins": "coins for one",
            "coins": "coins for all",
            "usd": "what so many coins cost then, in dollars",
            "as_somebody": "whether you appeared as “Somebody”",
        },
        _gifts,
    ),
    Table(
        "coins_spent",
        "What your coins went to, by live and gift.",
        [],
        {
            "live": "the number of the live on this site",
            "title": "its title",
            "creator": "who went live",
            "name": "the gift",
            "quantity": "how many of it",
            "coins": "coins for them",
            "usd": "what so many coins cost then, in dollars",
        },
        _spent,
    ),
    Table(
        "follows",
        "Creators whom you follow.",
        ["live.Follow.follower"],
        {
            "creator": "their name",
            "handle": "the address of their page, after the @",
            "since_utc": "since when",
            "as_somebody": "whether you appeared as “Somebody” then",
        },
        _follows,
    ),
    Table(
        "comments",
        "What you wrote in lives.",
        ["live.Comment.author", "live.Comment.tap"],
        {
            "comment": "its number on this site",
            "at_utc": "when",
            "live": "the number of the live",
            "title": "the title of the live",
            "text": "what you wrote",
            "gift": "the gift that it came with, as in gifts_sent.csv",
            "as_somebody": "whether you appeared as “Somebody”",
            "removed_utc": "when it was removed",
        },
        _comments,
    ),
    Table(
        "thanks_received",
        "Thanks that creators sent you.",
        ["live.Thanks.gifter"],
        {
            "at_utc": "when",
            "live": "the number of the live",
            "creator": "who thanked you",
            "words": "in their words",
            "as_somebody": "whether they thanked “Somebody”, and don’t know that it was you",
        },
        _thanks,
    ),
    Table(
        "own_limits",
        "The most that you wanted to give. Dollars are at today’s price of a coin.",
        ["live.SpendingLimit.viewer"],
        {
            "daily_coins": "in a day; empty if there is no limit",
            "daily_usd": "the same in dollars",
            "weekly_coins": "in a week; empty if there is no limit",
            "weekly_usd": "the same in dollars",
            "from_utc": "from when it counts",
            "asked_utc": "when you set it",
            "called_off_utc": "when you called it off before it began",
        },
        _limits,
    ),
]
