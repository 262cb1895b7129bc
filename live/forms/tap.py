"""What a tap and a poll of the feed may say. Every number is bounded here: no database sees a strange one."""

from django import forms

from live.models import LARGEST_PRICE_COINS, MOST_AT_ONCE
from people.numbers import WholeNumberField
from wallet.forms import PlainUUIDField
from wallet.models import LARGEST_BALANCE

LARGEST_ID = 2**63 - 1


class TapForm(forms.Form):
    """One press of a gift's button. `price` is the coins for one, as shown; `tap_id` is minted in the page."""

    gift = forms.SlugField(max_length=40)
    quantity = WholeNumberField(least=1, most=MOST_AT_ONCE)
    price = WholeNumberField(least=1, most=LARGEST_PRICE_COINS)
    tap_id = PlainUUIDField()


class AffordForm(forms.Form):
    """A gift that somebody is about to send, and the coins that other gifts of theirs wait for."""

    gift = forms.SlugField(max_length=40)
    besides = WholeNumberField(least=0, most=LARGEST_BALANCE, required=False)

    def clean_besides(self):
        return self.cleaned_data["besides"] or 0


class FeedForm(forms.Form):
    """The cursor of a poll: the id of the last tap that the reader has, 0 for none."""

    after = WholeNumberField(least=0, most=LARGEST_ID, required=False)

    def clean_after(self):
        return self.cleaned_data["after"] or 0
