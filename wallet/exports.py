"""The viewer's history as CSV, for spreadsheets and for machines."""

from datetime import UTC
from decimal import Decimal

from people.text.spreadsheets import csv_lines, harmless
from wallet.history import every_entry


def history_as_csv(user):
    """Return the lines: time (UTC), words, coins (signed), dollars (signed, exact), reason, reference."""
    columns = ["time_utc", "what", "coins", "usd", "reason", "reference"]
    return csv_lines(columns, (_cells(entry) for entry in every_entry(user)))


def _cells(entry):
    return [
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        harmless(entry.words.text),
        entry.coins,
        f"{Decimal(entry.micros if entry.came_in else -entry.micros) / 1_000_000:.6f}",
        entry.transfer.reason,
        entry.transfer.reference,
    ]
