"""Statements as CSV: one row a line, plain whole numbers, dollars with six digits so that nothing is rounded."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeAlias

from live.statements.statements import Statement, Totals
from people.text.spreadsheets import csv_lines, harmless
from wallet.coins import MICROS_PER_CENT

Cell: TypeAlias = str | int | Decimal
COLUMNS = ["period", "line", "count", "gifts", "coins", "diamonds", "usd_per_diamond", "usd"]


def statements_as_csv(statements: Iterable[Statement]) -> Iterator[str]:
    """Yield the statements under each other; the year's own rows come after those of its months."""
    return csv_lines(COLUMNS, (map(_cell, row) for row in rows_of(statements)))


def rows_of(statements: Iterable[Statement]) -> Iterator[list[Cell]]:
    """Yield a row for each line of each statement."""
    for statement in statements:
        for name, values in _lines(statement):
            line: dict[str, Cell] = {"period": statement.period.code, "line": name, **values}
            yield [line.get(column, "") for column in COLUMNS]


def _lines(statement: Statement) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Yield (name, values by column) in the order of the page."""
    yield "opening", {"diamonds": statement.opening}
    yield "pending-before", _withdrawals(statement.pending_before)
    yield (
        "gifts",
        {
            "count": statement.earned.count,
            "gifts": statement.gifts,
            "coins": statement.coins,
            "usd": _usd(statement.viewers_micros),
        },
    )
    yield "commission", {"usd": _usd(statement.commission_micros)}
    yield (
        "earned",
        {
            "count": statement.earned.count,
            "diamonds": statement.earned.diamonds,
            "usd": _usd(statement.earned_micros),
        },
    )
    for part in statement.earned_at:
        values: dict[str, Cell] = {
            "diamonds": part.diamonds,
            "usd_per_diamond": _usd(part.rate_micros),
            "usd": _usd(part.micros),
        }
        yield "earned-at", values
    for name in ("requested", "paid", "failed", "returned", "cancelled", "came-back"):
        yield name, _withdrawals(statement.of_kind(name))
    yield "pending", _withdrawals(statement.pending)
    yield "closing", {"diamonds": statement.closing}


def _withdrawals(totals: Totals) -> dict[str, Cell]:
    return {"count": totals.count, "diamonds": totals.diamonds, "usd": _usd(totals.cents * MICROS_PER_CENT)}


def _usd(micros: int) -> Decimal:
    return Decimal(micros).scaleb(-6).quantize(Decimal("0.000001"))


def _cell(value: Cell) -> Cell:
    return harmless(value) if isinstance(value, str) else value
