"""The form of the economy page."""

from django import forms

from people.text.numbers import WholeNumberField

MOST_COINS = 1_000_000


class WhereForm(forms.Form):
    """A number of coins, whose split the page shows."""

    coins = WholeNumberField(least=1, most=MOST_COINS, label="Coins")
