"""What a viewer types about their own limits, and how they want to appear."""

from django import forms
from django.core.exceptions import ValidationError

from live.forms.tap import PlainInteger
from live.models import LARGEST_LIMIT_COINS

OUT_OF_BOUNDS = f"Use a whole number from 1 to {LARGEST_LIMIT_COINS:,}, or leave it empty for no limit."


class LimitField(PlainInteger):
    """Coins; empty is no limit."""

    def __init__(self, **options):
        numeric = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "no limit"})
        super().__init__(min_value=1, max_value=LARGEST_LIMIT_COINS, required=False, widget=numeric, **options)

    def clean(self, value):
        """Read 1,000 as it is written elsewhere on the site."""
        try:
            return super().clean(value.strip().replace(",", "") if isinstance(value, str) else value)
        except ValidationError as error:
            raise ValidationError(OUT_OF_BOUNDS) from error


class LimitsForm(forms.Form):
    """The most a viewer wants to give, in coins."""

    daily = LimitField(label="Coins a day")
    weekly = LimitField(label="Coins a week")
