"""Limits of texts, counted the same by browser and server, so that the server accepts every text a field accepts.

A browser stops typing at `maxlength`. The server therefore counts as browsers do: UTF-16 code units of the typed text,
before any cleaning, with a line break as one. A column counts characters, which are never more.
"""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator


def units(text: str) -> int:
    """Return the length of a text as browsers count `maxlength`: 2 for most emoji, 1 for a line break."""
    return len(text.replace("\r\n", "\n").encode("utf-16-le", "surrogatepass")) // 2


def composed(text: str) -> str:
    """Return a text in NFC, unless that is longer: NFC splits some letters of older scripts into two or three."""
    normal = unicodedata.normalize("NFC", text)
    return normal if len(normal) <= len(text) else text


class TypedField(forms.CharField):
    """Text with a limit on the typed text, before a subclass cleans it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Django's validator counts characters after strip(), which differs from the browser's count.
        self.validators = [one for one in self.validators if not isinstance(one, MaxLengthValidator)]

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and self.max_length is not None and units(value) > self.max_length:
            raise ValidationError(self._too_long(units(value)), code="max_length")
        return super().clean(value)

    def _too_long(self, length: int) -> str:
        if words := self.error_messages.get("max_length"):
            return str(words)
        return f"Use at most {self.max_length:,} characters; this has {length:,}. An emoji counts as two or more."
