"""The form of a viewer's own limits."""

from typing import Any

from django import forms

from live.models import LARGEST_LIMIT_COINS
from people.text.numbers import WholeNumberField


class LimitField(WholeNumberField):
    """A number of coins; empty means no limit."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "no limit"})
        none = ", or leave it empty for no limit"
        super().__init__(least=1, most=LARGEST_LIMIT_COINS, none=none, required=False, widget=widget, **options)


class LimitsForm(forms.Form):
    """The most a viewer wants to give, in coins."""

    daily = LimitField(label="Coins a day")
    weekly = LimitField(label="Coins a week")
