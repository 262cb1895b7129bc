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
_DOLLARS = re.compile(rf"\$?\s*({WHOLE})(?:\.([0-9]{{1,6}}))?")
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
    return _from_dollars(text, 2)


def micros_from(text: str) -> int | None:
    """Return the micros of a text such as 0.0048 or $1; None from a billion dollars on, or for other text."""
    return _from_dollars(text, 6)


def _from_dollars(text: str, places: int) -> int | None:
    """Return a text of dollars in units of 10 to the minus `places`; None if it has more decimals, or is none."""
    match = _DOLLARS.fullmatch(text.strip())
    if match is None:
        return None
    dollars, decimals = whole_from(match[1]), match[2] or ""
    if dollars is None or dollars > MOST_DOLLARS or len(decimals) > places:
        return None
    return dollars * 10**places + int(decimals.ljust(places, "0"))


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
    """Dollars, typed as text; cleaned to whole cents from `least` to `most`. `none` as in WholeNumberField."""

    places, decimals, example = 2, "two", "250.00"

    def __init__(self, *, least: int = 0, most: int | None = None, none: str = "", **options: Any) -> None:
        self.least, self.none = least, none
        self.most = (MOST_DOLLARS + 1) * 10**self.places - 1 if most is None else most
        super().__init__(error_messages={"required": "Type how many dollars."}, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}

    def write(self, amount: int) -> str:
        """Write an amount as dollars."""
        return in_dollars(amount)

    def prepare_value(self, value: Any) -> Any:
        """Write an amount for the input, without its sign; leave what was typed as it is."""
        return self.write(value).lstrip("$") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        amount = _from_dollars(text, self.places)
        if amount is None and not self._is_beyond(text):
            sentence = f"Type dollars with at most {self.decimals} decimals, such as {self.example}."
            raise ValidationError(f"{sentence} {ONLY_BETWEEN_THOUSANDS}" if "," in text else sentence, code="invalid")
        if amount is None or not self.least <= amount <= self.most:
            bounds = f"Type dollars from {self.write(self.least)} to {self.write(self.most)}{self.none}."
            raise ValidationError(bounds, code="invalid")
        return amount

    def _is_beyond(self, text: str) -> bool:
        """Return whether a text that is no amount is dollars below zero, or more than MOST_DOLLARS."""
        match = _DOLLARS.fullmatch(text.strip().lstrip("-"))
        return match is not None and len(match[2] or "") <= self.places


class ExactDollarsField(DollarsField):
    """Dollars with up to six decimals; cleaned to whole micros."""

    places, decimals, example = 6, "six", "0.005"

    def write(self, amount: int) -> str:
        return in_exact_dollars(amount)
