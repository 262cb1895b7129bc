"""What a reader of the economy page types."""

from django import forms

from people.text.numbers import WholeNumberField

MOST_COINS = 1_000_000


class WhereForm(forms.Form):
    """A number of coins, to see where they go."""

    coins = WholeNumberField(least=1, most=MOST_COINS, label="Coins")
