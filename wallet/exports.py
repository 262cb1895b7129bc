"""The viewer's history as CSV, for spreadsheets and for machines."""

import csv
from datetime import UTC
from decimal import Decimal

from wallet.history import every_entry

# A spreadsheet takes a cell that starts with one of these for a formula; the wide forms too, in some languages.
STARTS_A_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


def history_as_csv(user):
    """Return the lines: time (UTC), words, coins (signed), dollars (signed, exact), reason, reference."""
    columns = ["time_utc", "what", "coins", "usd", "reason", "reference"]
    return csv_lines(columns, (_cells(entry) for entry in every_entry(user)))


def csv_lines(columns, rows):
    """Yield the head and each row as a line of CSV, one at a time, so that a long file is never held."""
    write = csv.writer(_Passed()).writerow
    yield write(columns)
    for row in rows:
        yield write(row)


def _cells(entry):
    return [
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        harmless(entry.words.text),
        entry.coins,
        f"{Decimal(entry.micros if entry.came_in else -entry.micros) / 1_000_000:.6f}",
        entry.transfer.reason,
        entry.transfer.reference,
    ]


def harmless(text):
    """Return the text so that no spreadsheet runs it: an apostrophe goes before what could start a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text


class _Passed:
    """A file that keeps nothing: csv.writer hands back what write() returns."""

    def write(self, line):
        return line
