"""The viewer's history as CSV."""

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from uuid import UUID

from people.models import User
from people.text.spreadsheets import csv_lines, harmless
from wallet.history import Entry, every_entry


def history_as_csv(user: User) -> Iterator[str]:
    """Return the CSV lines: time (UTC), words, coins (signed), dollars (signed, exact), reason, reference."""
    columns = ["time_utc", "what", "coins", "usd", "reason", "reference"]
    return csv_lines(columns, (_cells(entry) for entry in every_entry(user)))


def _cells(entry: Entry) -> list[str | int | UUID]:
    return [
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        harmless(entry.words.text),
        entry.coins,
        f"{Decimal(entry.micros if entry.came_in else -entry.micros) / 1_000_000:.6f}",
        entry.transfer.reason,
        entry.transfer.reference,
    ]
