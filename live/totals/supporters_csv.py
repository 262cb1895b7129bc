"""Supporters as CSV, for spreadsheets and for machines: one line a person, and one for all Somebodies."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from live.faces import SOMEBODY
from live.models import Supporter
from people.text.spreadsheets import csv_lines, harmless

COLUMNS = ["name", "lives", "gifts", "points", "first_gave_utc", "last_gave_utc"]


def supporters_as_csv(people: Iterable[Supporter], somebodies: Supporter | None) -> Iterator[str]:
    """Yield the lines; `somebodies` may be None."""
    rows = [(SOMEBODY, somebodies)] if somebodies else []
    named = ((harmless(person.name), person) for person in people)
    yield from csv_lines(COLUMNS, (_cells(name, row) for pair in (named, rows) for name, row in pair))


def _cells(name: str, row: Supporter) -> list[Any]:
    moments = (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (row.first_gave_at, row.last_gave_at)
    )
    return [name, row.lives, row.gifts, row.points, *moments]
