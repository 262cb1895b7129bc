"""CSV as spreadsheets make and read it: encodings, separators, empty rows, and cells that could start a formula."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from people.text.spreadsheets import BYTE_ORDER_MARK, csv_lines, harmless, read_table, unguarded

pytestmark = pytest.mark.once

COLUMNS = ("slug", "name", "coins")
TABLE = [["slug", "name", "coins"], ["panda", "Panda é 熊", "5"], ["otter", "Otter; and, more", "40"]]


def write(rows, separator=",", encoding="utf-8", newline="\r\n"):
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=newline).writerows(rows)
    return file.getvalue().encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_what_spreadsheets_save_is_understood(separator, encoding, newline):
    assert read_table(write(TABLE, separator, encoding, newline), COLUMNS) == TABLE


@pytest.mark.parametrize("mark, encoding", [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_both_orders_of_utf_16_are_understood(mark, encoding):
    assert read_table(mark + write(TABLE, "\t", encoding), COLUMNS) == TABLE


@pytest.mark.parametrize("separator", [",", ";"])
def test_line_that_tells_excel_its_separator_is_no_row(separator):
    assert read_table(f"sep={separator}\r\n".encode() + write(TABLE, separator), COLUMNS) == TABLE


def test_empty_rows_and_empty_cells_behind_are_left_out():
    head, panda, otter = TABLE
    padded = [
        [*head, "", ""],
        ["", "", "", "", ""],
        [*panda, "", ""],
        [" ", "", "", "", ""],
        [*otter, "", ""],
        [""] * 5,
    ]

    assert read_table(write(padded) + b"\r\n\r\n", COLUMNS) == TABLE


def test_more_columns_in_another_order_are_kept():
    table = [["coins", "slug", "remark", "name"], ["5", "panda", "why not", "Panda"]]

    assert read_table(write(table), COLUMNS) == table


HEAD = b"slug,name,coins\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a workbook, not a CSV file. Save it as “CSV UTF-8” and upload it again."),
        (
            HEAD + "panda,Panda é,5\n".encode("cp1252"),
            "The file isn’t in UTF-8: line 2 has the byte E9. Save it as “CSV UTF-8” and upload it again.",
        ),
        (
            write(TABLE[:1], encoding="utf-16-le"),
            "The file isn’t in UTF-8: it holds zero bytes. Save it as “CSV UTF-8” and upload it again.",
        ),
        (b"\xff\xfe\x00", "The file begins as UTF-16 and goes on as something else."),
        (b"slug|name|coins\n", "Missing: slug, name, coins. The first line must be: slug,name,coins"),
        (b"slug;name\n", "Missing: coins. The first line must be: slug,name,coins"),
        (b"slug,name,coins,name\n", "A column is there twice. The first line must be: slug,name,coins"),
        (HEAD + b"panda,Panda\n", "Row 2 has 2 cells instead of 3."),
        (
            HEAD + b"\npanda,Panda, the bear,5\n",
            "Row 3 has 4 cells instead of 3. Text with a separator in it is written in quotation marks.",
        ),
        (
            HEAD + b'panda,"Panda,5\n',
            "Line 2 can’t be read: a quotation mark isn’t closed, or stands within a cell.",
        ),
        (
            HEAD + b'panda,"Pan"da,5\n',
            "Line 2 can’t be read: a quotation mark isn’t closed, or stands within a cell.",
        ),
    ],
)
def test_other_files_get_one_sentence_that_names_what_is_wrong(data, sentence):
    with pytest.raises(ValidationError) as refused:
        read_table(data, COLUMNS)
    assert refused.value.messages == [sentence]


@given(st.binary(max_size=60))
def test_no_file_is_a_failure(data):
    for text in (data, HEAD + data):
        try:
            read_table(text, COLUMNS)
        except ValidationError as error:
            assert len(error.messages) == 1


# --- Formulas -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("'=Panda", "''=Panda"),
        ("''=Panda", "'''=Panda"),
        (" =1", "' =1"),
        ("' =1", "'' =1"),
        ("＝1", "'＝1"),
        ("'Panda'", "'Panda'"),
        ("'", "'"),
        ("Panda = 5", "Panda = 5"),
        ("", ""),
    ],
)
def test_cell_that_could_start_a_formula_is_guarded_and_read_back(text, cell):
    assert (harmless(text), unguarded(cell)) == (cell, text)


@given(st.text(alphabet="'= +-@＝\tP", max_size=8))
def test_guard_is_undone_for_any_text_and_leaves_no_formula(text):
    assert unguarded(harmless(text)) == text
    assert not harmless(text).lstrip(" ").startswith(tuple("=+-@＝\t"))


def test_first_line_has_the_mark_and_no_other():
    assert list(csv_lines(["a", "b"], [[1, 2], [3, 4]])) == [f"{BYTE_ORDER_MARK}a,b\r\n", "1,2\r\n", "3,4\r\n"]
