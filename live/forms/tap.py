"""What a tap and a poll of the feed may say. Every number is bounded here: no database sees a strange one."""

from django import forms
from django.core.exceptions import ValidationError

from live.models import LARGEST_PRICE_COINS, MOST_AT_ONCE
from wallet.forms import PlainUUIDField
from wallet.models import LARGEST_BALANCE

LARGEST_ID = 2**63 - 1


class PlainInteger(forms.IntegerField):
    """A whole number in ASCII digits alone: no sign, no point, no `٣`, and no more digits than the largest has."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        text = str(value)
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(self.max_value))
        if not (plain and self.min_value <= int(text) <= self.max_value):
            raise ValidationError(f"Use a whole number from {self.min_value:,} to {self.max_value:,}.", code="invalid")
        return int(text)


class TapForm(forms.Form):
    """One press of a gift's button. `price` is the coins for one, as shown; `tap_id` is minted in the page."""

    gift = forms.SlugField(max_length=40)
    quantity = PlainInteger(min_value=1, max_value=MOST_AT_ONCE)
    price = PlainInteger(min_value=1, max_value=LARGEST_PRICE_COINS)
    tap_id = PlainUUIDField()


class AffordForm(forms.Form):
    """A gift that somebody is about to send, and the coins that other gifts of theirs wait for."""

    gift = forms.SlugField(max_length=40)
    besides = PlainInteger(min_value=0, max_value=LARGEST_BALANCE, required=False)

    def clean_besides(self):
        return self.cleaned_data["besides"] or 0


class FeedForm(forms.Form):
    """The cursor of a poll: the id of the last tap that the reader has, 0 for none."""

    after = PlainInteger(min_value=0, max_value=LARGEST_ID, required=False)

    def clean_after(self):
        return self.cleaned_data["after"] or 0
