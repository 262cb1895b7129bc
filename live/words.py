"""Lines that people type and others read: without what is invisible, turns the direction, or breaks the line."""

import unicodedata

from people.counting import composed
from people.names import HIDDEN_CATEGORIES, MOST_ACCENTS_IN_A_ROW

# Unlike in a name, what this Python's Unicode doesn't know may stay: it may be a new emoji.
LEFT_OUT = HIDDEN_CATEGORIES - {"Cn"}
# Emoji of several parts are joined by it.
JOINER = "\u200d"


def clean_line(text):
    """Return the text in NFC as one line: hidden characters and stacked accents left out, "" if nothing is visible."""
    kept, accents = [], 0
    for character in composed(text):
        category = unicodedata.category(character)
        accents = accents + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif accents <= MOST_ACCENTS_IN_A_ROW and (category not in LEFT_OUT or _joins(character, kept)):
            kept.append(character)
    line = " ".join("".join(kept).split())
    return line if any(unicodedata.category(character)[0] in "LNPS" for character in line) else ""


def _joins(character, kept):
    """Whether this is the joiner behind a symbol, or behind what varies one (a skin tone, the emoji look)."""
    return character == JOINER and bool(kept) and unicodedata.category(kept[-1]) in {"So", "Sk", "Mn"}
