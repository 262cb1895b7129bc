"""Numbers that people type: one rule for whole numbers and one for dollars, in forms, admin, CSV and scripts of pages.

Only the ten ASCII digits count: Python's int() accepts digits of any script. A comma may only separate thousands. So
12,50 is refused: without its comma it would be a hundred times as much.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# Scripts read the pattern from the field (data-whole), so it must be valid in JavaScript too.
WHOLE = r"[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_WHOLE = re.compile(WHOLE)
_DOLLARS = re.compile(rf"\$?\s*({WHOLE})(?:\.([0-9]{{1,2}}))?")
# Longer than any number of a 64-bit column, and short enough for int().
MOST_CHARACTERS = 30
MOST_DOLLARS = 999_999_999
ONLY_BETWEEN_THOUSANDS = "A comma only stands between thousands, as in 1,000."


def whole_from(text: str) -> int | None:
    """Return the whole number of a text such as 250 or 1,000; None for any other text."""
    text = text.strip()
    return int(text.replace(",", "")) if len(text) <= MOST_CHARACTERS and _WHOLE.fullmatch(text) else None


def cents_from(text: str) -> int | None:
    """Return the cents of a text such as 250, 250.5 or $1,000.00; None from a billion dollars on, or for other text."""
    match = _DOLLARS.fullmatch(text.strip())
    if match is None:
        return None
    dollars = whole_from(match[1])
    if dollars is None or dollars > MOST_DOLLARS:
        return None
    return dollars * 100 + int((match[2] or "0").ljust(2, "0"))


def in_dollars(cents: int) -> str:
    """Write cents as dollars: 31240 → $312.40."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def in_exact_dollars(micros: int) -> str:
    """Write micros as dollars with as many digits as they need, at least two: 25000 → $0.025, 50000 → $0.05."""
    digits = f"{abs(micros) % 1_000_000:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}${abs(micros) // 1_000_000:,}.{digits}"


class WholeNumberField(forms.CharField):
    """A whole number from `least` to `most`; the refusal names both. `none` adds the meaning of an empty field."""

    def __init__(self, *, least: int = 0, most: int, none: str = "", **options: Any) -> None:
        self.least, self.most, self.none = least, most, none
        super().__init__(**options)
        self.widget.attrs |= {"data-whole": WHOLE}
        if self.widget.input_type == "text":
            self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "maxlength": MOST_CHARACTERS}

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        number = whole_from(text)
        if number is None or not self.least <= number <= self.most:
            raise ValidationError(self._sentence(text, number), code="invalid")
        return number

    def _sentence(self, text: str, number: int | None) -> str:
        bounds = f"Type a whole number from {self.least:,} to {self.most:,}{self.none}."
        return f"{bounds} {ONLY_BETWEEN_THOUSANDS}" if number is None and "," in text else bounds


class DollarsField(forms.CharField):
    """Dollars, typed as text; cleaned to whole cents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, error_messages={"required": "Type how many dollars."}, **options)

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        cents = cents_from(text)
        if cents is None:
            sentence = "Type dollars with at most two decimals, such as 250.00."
            raise ValidationError(f"{sentence} {ONLY_BETWEEN_THOUSANDS}" if "," in text else sentence)
        return cents
