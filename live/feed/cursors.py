"""Cursors: what a page says it has of a feed, and how that is written."""

from typing import NamedTuple

# Before the first tap.
START = 0
LARGEST_ID = 2**63 - 1
BAD_CURSOR = "The cursor is p and a whole number from 0 to 2⁶³ - 1, as an answer before gave it."


class Cursor(NamedTuple):
    """Everything up to a place; or up to the tap of an id, as pages count that were loaded before there were places."""

    place: int = START
    tap_id: int | None = None


def cursor_text(place):
    """Return how a page keeps a place. The letter tells it from a tap's id, which pages kept before."""
    return f"p{place}"


def read_cursor(text):
    """Return the Cursor that a page sent; nothing and 0 are the start. Raise ValueError for anything else."""
    number = text.removeprefix("p")
    if text in {"", "0"}:
        return Cursor()
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_ID))):
        raise ValueError(BAD_CURSOR)
    if int(number) > LARGEST_ID:
        raise ValueError(BAD_CURSOR)
    return Cursor(tap_id=int(number)) if number == text else Cursor(place=int(number))
