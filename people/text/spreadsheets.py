"""CSV as spreadsheets write and read it.

Files start with a byte-order mark: without it Excel assumes the encoding of its locale. A cell that could start a
formula gets an apostrophe, which `unguarded()` removes. The reader accepts the CSV of Excel and LibreOffice.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError

BYTE_ORDER_MARK = "\ufeff"
# Spreadsheets run a cell that starts with one of these as a formula; in some languages the wide forms too.
STARTS_A_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
SEPARATORS = ",;\t"
# UTF-32 comes first: its longer mark begins with that of UTF-16.
ENCODINGS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
}
SAVE_AS = "Save it as “CSV UTF-8” and upload it again."


Cell = str | int | float | Decimal | UUID | date | None


# --- Writing --------------------------------------------------------------------------------------


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Yield the mark with the head, and each row, as a line of CSV. Memory doesn't grow with the number of rows."""
    write = csv.writer(_Passed()).writerow
    yield BYTE_ORDER_MARK + write(columns)
    for row in rows:
        yield write(row)


def harmless(text: str) -> str:
    """Return the text with an apostrophe before a formula. Text with apostrophes before a formula gets one more."""
    return f"'{text}" if _could_start_a_formula(text) else text


def unguarded(text: str) -> str:
    """Return the original text of `harmless()`."""
    return text[1:] if text.startswith("'") and _could_start_a_formula(text) else text


def _could_start_a_formula(text: str) -> bool:
    return text.lstrip(" '").startswith(STARTS_A_FORMULA)


class _Passed:
    """A file without content: csv.writer.writerow() returns the result of write(), which is the line."""

    def write(self, line: str) -> str:
        return line


# --- Reading --------------------------------------------------------------------------------------


def read_table(data: bytes, columns: Iterable[str]) -> list[list[str]]:
    """Return the head and the rows of a CSV file with at least these columns; empty rows are left out.

    UTF-8, encodings with a byte-order mark, commas, semicolons and tabs are accepted. For any other file raise
    ValidationError with one sentence that names the fault.
    """
    text, separator = _without_hint(_decoded(data))
    separator = separator or _separator_of(text, columns)
    head, *rows = _parsed(text, separator) or [[]]
    head = [name.strip() for name in head]
    while head and not head[-1]:
        head.pop()
    _refuse_head(head, columns)
    return [head, *(_fitted(row, line, len(head)) for line, row in enumerate(rows, 2) if any(map(str.strip, row)))]


def _decoded(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise ValidationError(f"This is a workbook, not a CSV file. {SAVE_AS}")
    encoding = next((name for mark, name in ENCODINGS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise ValidationError(f"The file begins as {encoding.upper()} and goes on as something else.") from error
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise ValidationError(f"The file isn’t in UTF-8: line {line} has the byte {byte:02X}. {SAVE_AS}") from error
    if not text.strip():
        raise ValidationError("The file is empty.")
    if "\x00" in text:
        raise ValidationError(f"The file isn’t in UTF-8: it holds zero bytes. {SAVE_AS}")
    return text


def _without_hint(text: str) -> tuple[str, str]:
    """Return the text without Excel's line `sep=;`, and the separator that it names, or ""."""
    first, _, rest = text.partition("\n")
    hint = first.strip("\r\"' ").lower()
    return (rest, hint[4:]) if hint.startswith("sep=") and hint[4:] in tuple(SEPARATORS) else (text, "")


def _separator_of(text: str, columns: Iterable[str]) -> str:
    """Return the separator that finds the most columns in the first line; the comma in a tie."""
    first = next(iter(text.splitlines()), "")
    return max(SEPARATORS, key=lambda one: len({name.strip(' "') for name in first.split(one)} & set(columns)))


def _parsed(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        words = f"Line {reader.line_num} can’t be read: a quotation mark isn’t closed, or stands within a cell."
        raise ValidationError(words) from error


def _refuse_head(head: list[str], columns: Iterable[str]) -> None:
    expected = f"The first line must be: {','.join(columns)}"
    if missing := [name for name in columns if name not in head]:
        raise ValidationError(f"Missing: {', '.join(missing)}. {expected}")
    if len(set(head)) < len(head):
        raise ValidationError(f"A column is there twice. {expected}")


def _fitted(row: list[str], line: int, width: int) -> list[str]:
    """Return a row with as many cells as the head. Empty cells that spreadsheets append are dropped."""
    while len(row) > width and not row[-1].strip():
        row.pop()
    if len(row) != width:
        more = " Text with a separator in it is written in quotation marks." if len(row) > width else ""
        raise ValidationError(f"Row {line} has {len(row)} cells instead of {width}.{more}")
    return row
