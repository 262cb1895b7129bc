"""Pasted text without the invisible marks, unusual spaces and dashes of PDFs, chats and word processors."""

import unicodedata

# Invisible characters outside the category of format characters (Cf): joiners, fillers, variation selectors.
OTHER_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
MINUS_SIGN = "\u2212"


def plain(text: str) -> str:
    """Return the text without invisible marks and surrounding spaces, each space as " ", each dash as "-"."""
    return "".join(map(_plain_letter, text)).strip(" ")


def _plain_letter(letter: str) -> str:
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if category == "Pd" or letter == MINUS_SIGN:
        return "-"
    return "" if category == "Cf" or letter in OTHER_INVISIBLE else letter
