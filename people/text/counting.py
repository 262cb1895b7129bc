"""How long a text may be: one count for browser and server, so that no field takes what is refused for its length.

A browser stops typing at `maxlength`, with and without a script. So the server counts as it does: UTF-16 code units of
what was typed, before anything is left out, with a line break as one. A column counts characters, never more of them.
"""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator


def units(text: str) -> int:
    """Return the length of a text as browsers count `maxlength`: 2 for most emoji, 1 for a line break."""
    return len(text.replace("\r\n", "\n").encode("utf-16-le", "surrogatepass")) // 2


def composed(text: str) -> str:
    """Return a text in NFC, unless that is longer: some letters of older scripts become two or three in it."""
    normal = unicodedata.normalize("NFC", text)
    return normal if len(normal) <= len(text) else text


class TypedField(forms.CharField):
    """Text with a limit. Whatever a subclass leaves out, the limit is about what was typed."""

    def __init__(self, **options):
        super().__init__(**options)
        # Its own counts characters, behind strip(): for a visitor that is another number.
        self.validators = [one for one in self.validators if not isinstance(one, MaxLengthValidator)]

    def clean(self, value):
        if isinstance(value, str) and self.max_length is not None and units(value) > self.max_length:
            raise ValidationError(self._too_long(units(value)), code="max_length")
        return super().clean(value)

    def _too_long(self, length):
        if words := self.error_messages.get("max_length"):
            return words
        return f"Use at most {self.max_length:,} characters; this has {length:,}. An emoji counts as two or more."
