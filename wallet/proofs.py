"""SQL for the checks of the books, on SQLite and PostgreSQL: compare one set of rows with another.

The database joins both sets, and only rows that differ are fetched. So memory doesn't grow with the number of rows.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from wallet.dated import WRITTEN_WITHIN

FETCHED_AT_ONCE = 500
GRACE_MINUTES = WRITTEN_WITHIN // timedelta(minutes=1)


# A value of a fetched row, as _shown() returns it.
Value = str | int | UUID | date | None


class Difference(NamedTuple):
    """A key whose rows differ between two SELECTs, with both rows as {column: value}; None for a missing row."""

    key: tuple[Value, ...]
    expected: dict[str, Value] | None
    found: dict[str, Value] | None

    def in_words(self, **names: str) -> str:
        """Return the columns that differ as `coins is 5, 6 expected`; `names` replace the names of columns."""
        found = self.found or {}
        return ", ".join(
            f"{names.get(column, column)} is {found[column]}, {expected} expected"
            for column, expected in (self.expected or {}).items()
            if expected != found[column]
        )


def differences(expected: str, found: str, *, keys: Sequence[str], columns: Sequence[str]) -> Iterator[Difference]:
    """Yield each key whose rows differ between two SELECTs. Both return the keys (never null) and the columns."""
    same_key = " AND ".join(f"expected.{key} = found.{key}" for key in keys)
    differs = " OR ".join(f"expected.{column} {is_distinct()} found.{column}" for column in columns)
    in_both = ", ".join(f"{side}.{column}" for side in ("expected", "found") for column in columns)
    query = f"""
        SELECT {_of("expected", keys)}, found.{keys[0]} IS NULL, {in_both}
            FROM ({expected}) expected LEFT JOIN ({found}) found ON {same_key}
            WHERE found.{keys[0]} IS NULL OR {differs}"""
    for row in rows_of(query):
        key, is_missing, values = row[: len(keys)], row[len(keys)], row[len(keys) + 1 :]
        ours, theirs = values[: len(columns)], values[len(columns) :]
        yield Difference(
            key,
            dict(zip(columns, ours, strict=True)),
            None if is_missing else dict(zip(columns, theirs, strict=True)),
        )
    query = f"""
        SELECT {_of("found", [*keys, *columns])} FROM ({found}) found LEFT JOIN ({expected}) expected ON {same_key}
            WHERE expected.{keys[0]} IS NULL"""
    for row in rows_of(query):
        yield Difference(row[: len(keys)], None, dict(zip(columns, row[len(keys) :], strict=True)))


def rows_of(query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a SELECT, with UUIDs instead of SQLite's digits, in batches of FETCHED_AT_ONCE."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            yield from (tuple(_shown(value) for value in row) for row in rows)


# --- SQL that differs between the two databases ----------------------------------------------------


def is_distinct() -> str:
    """Return the comparison operator that treats null as a value."""
    return "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"


def uuid_text(column: str) -> str:
    """Return SQL for a UUID with hyphens, as in an account's name. SQLite stores 32 digits without hyphens."""
    if connection.vendor == "postgresql":
        return f"{column}::text"
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({column}, {start}, {length})" for start, length in parts)


def shifted(moment: str, minutes: int) -> str:
    """Return SQL for the moment that many minutes later, or earlier if they are negative."""
    if connection.vendor == "postgresql":
        return f"({moment} + interval '{minutes} minutes')"
    return f"datetime({moment}, '{minutes:+d} minutes')"


def month_of(moment: str) -> str:
    """Return SQL for the first day of the moment's month in UTC, as a date column stores it."""
    if connection.vendor == "postgresql":
        return f"date_trunc('month', {moment}, 'UTC')::date"
    return f"date({moment}, 'start of month')"


def day_of(moment: str) -> str:
    """Return SQL for the moment's day in UTC, as a date column stores it."""
    if connection.vendor == "postgresql":
        return f"({moment} AT TIME ZONE 'UTC')::date"
    return f"date({moment})"


def in_force(table: str, column: str, moment: str, *, of: str = "true", skipped: int = 0) -> str:
    """Return SQL for a column of the dated row that counts at the moment, or of a row `skipped` places before it.

    `column` is a name, or an expression over `dated`.
    """
    value = f"dated.{column}" if column.isidentifier() else column
    return f"""(SELECT {value} FROM {table} dated WHERE dated.starts_at <= {moment} AND {of}
        ORDER BY dated.starts_at DESC, dated.id DESC LIMIT 1 OFFSET {skipped})"""


def is_not_in_force(value: str, table: str, column: str, moment: str, *, of: str = "true") -> str:
    """Return the condition that a value isn't the dated number of its moment.

    If a row was written within GRACE_MINUTES of the moment, a request may have read the row before it. Then the value
    of either row is right.
    """
    counts, before = in_force(table, column, moment, of=of), in_force(table, column, moment, of=of, skipped=1)
    written = in_force(table, "created_at", moment, of=of)
    is_new = f"{written} BETWEEN {shifted(moment, -GRACE_MINUTES)} AND {shifted(moment, GRACE_MINUTES)}"
    return f"({value} {is_distinct()} {counts} AND NOT ({is_new} AND COALESCE({value} = {before}, false)))"


def _of(side: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{side}.{column}" for column in columns)


def _shown(value: Value | Decimal) -> Value:
    """Return an int for PostgreSQL's Decimal sums, a UUID for SQLite's 32 digits, and other values as they are."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, str) and len(value) == 32 and connection.vendor == "sqlite":
        try:
            return UUID(value)
        except ValueError:
            return value
    return value
