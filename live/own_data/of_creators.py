"""Rows of a creator: page, lives, settlements, statements, thanks, muted words, and how the overlay looks."""

from collections.abc import Iterator

from live.models import AlertVariant, Creator, LiveSession, MutedWord, Overlay, Settlement, Thanks
from live.statements.csv import rows_of
from live.statements.statements import every_statement
from people.models import User
from people.own_data.tables import Row, Table, read_rows, usd


def _page(person: User) -> Iterator[Row]:
    columns = ("handle", "name", "bio", "next_live", "message_coins", "created_at")
    return read_rows(Creator.objects.filter(user=person), *columns)


def _lives(person: User) -> Iterator[Row]:
    columns = ("id", "title", "category__name", "started_at", "ended_at", "gifts_open", "followers_at_start")
    more = ("peak_viewers", "goal_kind", "goal", "video_url")
    return read_rows(LiveSession.objects.filter(creator=person.pk), *columns, *more, by="started_at")


def _settlements(person: User) -> Iterator[Row]:
    columns = ("session_id", "settled_at", "gifts", "gifters", "points", "diamonds", "rate_micros")
    settled = Settlement.objects.filter(session__creator=person.pk)
    for *row, diamonds, micros in read_rows(settled, *columns, by="settled_at"):
        yield *row, diamonds, usd(micros), usd(diamonds * micros)


def _statements(person: User) -> Iterator[Row]:
    for _, months in reversed(every_statement(person)):
        yield from rows_of(reversed(months))


def _thanks(person: User) -> Iterator[Row]:
    return read_rows(Thanks.objects.filter(session__creator=person.pk), "created_at", "session_id", "words")


def _muted_words(person: User) -> Iterator[Row]:
    return read_rows(MutedWord.objects.filter(creator=person.pk), "word")


def _overlay(person: User) -> Iterator[Row]:
    columns = ("smallest_coins", "seconds", "position", "size", "text", "sound", "volume", "reads_aloud")
    return read_rows(Overlay.objects.filter(creator=person.pk), *columns, "token_made_at")


def _variants(person: User) -> Iterator[Row]:
    variants = AlertVariant.objects.filter(overlay=person.pk)
    return read_rows(variants, "from_coins", "text", "seconds", "sound")


TABLES = [
    Table(
        "creator_page",
        "Your page as a creator.",
        ["live.Creator.user"],
        {
            "handle": "its address, after the @",
            "name": "your name as a creator",
            "bio": "what you say of yourself",
            "next_live": "what you say comes next",
            "messages_from_coins": "gifts of so many coins may come with a message; empty if none may",
            "since_utc": "when you became a creator",
        },
        _page,
    ),
    Table(
        "lives",
        "Lives that you held.",
        ["live.LiveSession.creator"],
        {
            "live": "its number on this site",
            "title": "its title",
            "category": "its category",
            "started_utc": "when it began",
            "ended_utc": "when it ended",
            "gifts_open": "whether viewers could send gifts",
            "followers_at_start": "your followers at its start",
            "most_viewers": "the most viewers at one time",
            "goal_kind": "points or gifters, if it had a goal",
            "goal": "how many",
            "video": "the address of the video, if it had one",
        },
        _lives,
    ),
    Table(
        "settlements",
        "Points of your lives that became diamonds.",
        ["live.Settlement.session"],
        {
            "live": "the live, as in lives.csv",
            "at_utc": "when",
            "gifts": "how many gifts came in",
            "gifters": "how many people sent them, by each of their faces",
            "points": "the coins that they came to",
            "diamonds": "the diamonds that you got",
            "usd_per_diamond": "what a diamond was worth",
            "usd": "what they were worth, in dollars",
        },
        _settlements,
    ),
    Table(
        "statements",
        "The numbers of your statements, month by month, as in their own files.",
        ["live.StatementLine.person"],
        {
            "period": "the month",
            "line": "the line of the statement",
            "count": "lives or withdrawals",
            "gifts": "gifts that came in",
            "coins": "coins that viewers gave",
            "diamonds": "diamonds of the line",
            "usd_per_diamond": "what a diamond was worth",
            "usd": "dollars of the line",
        },
        _statements,
    ),
    Table(
        "thanks_sent",
        "Thanks that you sent, without the names of those who got them.",
        ["live.Thanks.session"],
        {"at_utc": "when", "live": "the live, as in lives.csv", "words": "in your words"},
        _thanks,
    ),
    Table(
        "muted_words",
        "Words that no comment in your lives may contain.",
        ["live.MutedWord.creator"],
        {"word": "the word or phrase"},
        _muted_words,
    ),
    Table(
        "overlay",
        "How your overlay looks, without its secret address.",
        ["live.Overlay.creator"],
        {
            "smallest_coins": "the smallest gift that has an alert, in coins",
            "seconds": "how long an alert stays",
            "position": "where it stands",
            "size": "how large it is",
            "text": "what it says",
            "sound": "what it sounds like",
            "volume": "how loud, from 0 to 100",
            "reads_aloud": "whether messages are read aloud",
            "address_made_utc": "when its address was made",
        },
        _overlay,
    ),
    Table(
        "overlay_variants",
        "How alerts differ from a value on.",
        ["live.AlertVariant.overlay"],
        {
            "from_coins": "from how many coins on",
            "text": "what it says",
            "seconds": "how long it stays",
            "sound": "what it sounds like",
        },
        _variants,
    ),
]
