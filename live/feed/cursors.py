"""Cursors: the place up to which a page has a feed, and its text form."""

from typing import NamedTuple

# Before the first tap.
START = 0
LARGEST_ID = 2**63 - 1
BAD_CURSOR = "The cursor is p and a whole number from 0 to 2⁶³ - 1, as an answer before gave it."


class Cursor(NamedTuple):
    """Everything up to a place; or up to the tap of an id, from pages loaded before taps had places."""

    place: int = START
    tap_id: int | None = None


def cursor_text(place: int) -> str:
    """Return a place as a page stores it. The letter tells it from a tap's id, which older pages store."""
    return f"p{place}"


def read_cursor(text: str) -> Cursor:
    """Return the Cursor that a page sent; empty text and 0 are the start. Raise ValueError for anything else."""
    number = text.removeprefix("p")
    if text in {"", "0"}:
        return Cursor()
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_ID))):
        raise ValueError(BAD_CURSOR)
    if int(number) > LARGEST_ID:
        raise ValueError(BAD_CURSOR)
    return Cursor(tap_id=int(number)) if number == text else Cursor(place=int(number))
