"""What a tap and a poll of the feed may say. Every number is bounded here: no database sees a strange one."""

from django import forms
from django.core.exceptions import ValidationError

from live.feed.cursors import read_cursor
from live.models import LARGEST_PRICE_COINS, MOST_AT_ONCE
from people.text.numbers import WholeNumberField
from wallet.forms import PlainUUIDField
from wallet.models import LARGEST_BALANCE


class TapForm(forms.Form):
    """One press of a gift's button. `price` is the coins for one, as shown; `tap_id` is minted in the page."""

    gift = forms.SlugField(max_length=40)
    quantity = WholeNumberField(least=1, most=MOST_AT_ONCE)
    price = WholeNumberField(least=1, most=LARGEST_PRICE_COINS)
    tap_id = PlainUUIDField()


class UnsentForm(forms.Form):
    """The tap of somebody who was logged out, of which they hear after the log-in."""

    unsent = PlainUUIDField()


class AffordForm(forms.Form):
    """A gift that somebody is about to send, and the coins that other gifts of theirs wait for."""

    gift = forms.SlugField(max_length=40)
    besides = WholeNumberField(least=0, most=LARGEST_BALANCE, required=False)

    def clean_besides(self):
        return self.cleaned_data["besides"] or 0


class CursorField(forms.CharField):
    """A place in a feed, as live/feed/cursors.py writes it; a Cursor."""

    def to_python(self, value):
        try:
            return read_cursor(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class FeedForm(forms.Form):
    """The cursor of a poll or a stream: what its reader has already, nothing for none."""

    after = CursorField(required=False, empty_value="")
