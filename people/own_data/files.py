"""Tables of one's own data as files: a zip of CSVs with a description, and one JSON document. Both are streamed.

A row is read, written and forgotten: memory doesn't grow with the number of rows. How a slow reader is kept from
holding the thread is in config/answers.py.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from textwrap import wrap
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from people.brand import site_name
from people.models import User
from people.own_data.tables import Row, Table, Value
from people.text.spreadsheets import Cell, csv_lines, harmless

JsonValue = str | int | list[str] | dict[str, str] | None

DESCRIPTION = "README.txt"
LINES_AT_ONCE = 500
WIDTH = 100


class OwnData(NamedTuple):
    """The tables of a person, and in words what is in none of them."""

    person: User
    tables: Sequence[Table]
    left_out: Sequence[str]


# --- CSV ------------------------------------------------------------------------------------------


def as_zip(data: OwnData) -> Iterator[bytes]:
    """Yield a zip: the description, and a file of CSV for each table."""
    made_at, written = timezone.now(), _Written()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(DESCRIPTION, made_at), description_of(data, made_at))
        for table in data.tables:
            with archive.open(_entry(f"{table.name}.csv", made_at), "w") as file:
                lines = csv_lines(table.columns, (map(_cell, row) for row in table.rows(data.person)))
                while text := "".join(islice(lines, LINES_AT_ONCE)):
                    file.write(text.encode())
                    yield written.taken()
            yield written.taken()
    yield written.taken()


class _Written:
    """A file that can't seek. It keeps what zipfile writes until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Do nothing: what was written waits to be taken."""

    def close(self) -> None:
        """Do nothing: zipfile leaves it open."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, made_at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _cell(value: Value) -> Cell:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _moment(value) if isinstance(value, datetime) else value


# --- JSON -----------------------------------------------------------------------------------------


def as_json(data: OwnData) -> Iterator[str]:
    """Yield one JSON document: `tables`, each with its description, and its rows as objects, one a line."""
    head: dict[str, JsonValue] = {
        "site": site_name(),
        "made_at_utc": _moment(timezone.now()),
        "left_out": list(data.left_out),
    }
    yield f'{_json(head)[:-1]}, "tables": {{'
    for place, table in enumerate(data.tables):
        described: dict[str, JsonValue] = {"about": table.about, "columns": table.columns}
        yield f'{"," if place else ""}\n{_json(table.name)}: {_json(described)[:-1]}, "rows": ['
        yield from _json_rows(table.columns, table.rows(data.person))
        yield "]}"
    yield "\n}}\n"


def _json_rows(columns: Iterable[str], rows: Iterable[Row]) -> Iterator[str]:
    before = "\n"
    for row in rows:
        values = {name: _json_value(value) for name, value in zip(columns, row, strict=True)}
        yield before + _json(values)
        before = ",\n"


def _json(value: Mapping[str, JsonValue] | str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_value(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return _moment(value)
    return str(value) if isinstance(value, UUID | Decimal | date) else value


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- The description ------------------------------------------------------------------------------

OPENING = """Your data on {site}, as of {moment}.

Each file of CSV is a table. Its first line names the columns; they are explained below. Files are
in UTF-8. Moments are in UTC, written as 2026-11-30T14:05:00Z. Coins, points and diamonds are whole
numbers; cents are hundredths of a dollar; columns with usd in their name are dollars. An empty
cell means that there is no such value. Text that a spreadsheet would run as a formula begins with
an apostrophe that isn't part of it.
"""


def description_of(data: OwnData, made_at: datetime) -> str:
    """Return the text of the README: each file and each column in plain words, and what is left out."""
    parts = [OPENING.format(site=site_name(), moment=_moment(made_at))]
    for table in data.tables:
        columns = [_indented(f"{name}: {words}", 2) for name, words in table.columns.items()]
        parts.append("\n".join([f"{table.name}.csv", _indented(table.about, 0), *columns, ""]))
    parts.append("\n".join(["Left out", *(_indented(reason, 2) for reason in data.left_out), ""]))
    return "\n".join(parts)


def _indented(text: str, by: int) -> str:
    return "\n".join(wrap(text, WIDTH, initial_indent=" " * by, subsequent_indent=" " * (by + 2 if by else 0)))
