"""Forms of the gift catalog: a gift with its next price, and a row of the list."""

from datetime import datetime
from typing import Any

from django import forms

from live.gifts.catalog import refuse_above_terms
from live.gifts.effects import gift_price_effects, gift_usage
from live.models import LARGEST_PRICE_COINS, Gift, art_choices
from people.text.names import clean_name
from people.text.numbers import WholeNumberField
from wallet.dated_forms import PricedForm


class ArtTiles(forms.RadioSelect):
    """A radio button for each picture, shown as the picture."""

    template_name = "admin/live/art_tiles.html"


class GiftForm(PricedForm):
    """A gift, and a price that counts from now or a later moment."""

    price_field, unit, gone = "new_coins", "coins", "is out of the tray"
    art = forms.ChoiceField(choices=art_choices, widget=ArtTiles, label="Picture")
    new_coins = WholeNumberField(
        least=1,
        most=LARGEST_PRICE_COINS,
        required=False,
        label="Coins",
        help_text="Leave it empty to keep the price. Prices are never edited: a new one is announced.",
    )

    class Meta:
        model = Gift
        fields = ["slug", "name", "art", "order", "retired_at"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def why_no_price(self, price: int, moment: datetime) -> None:
        refuse_above_terms(price, moment)

    def price_effects(self, price: int, moment: datetime) -> list[str]:
        return gift_price_effects(self.price_before(), price, moment)

    def usage(self) -> list[str]:
        return gift_usage(self.instance)


class GiftRowForm(forms.ModelForm):
    """One row of the list: only the order is edited there."""

    order = WholeNumberField(least=0, most=100_000)

    class Meta:
        model = Gift
        fields = ["order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].widget.attrs["aria-label"] = f"Order of {self.instance.name}"


class GiftRows(forms.BaseModelFormSet):
    """The rows of the list, with one reason for a new order."""

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and not self.data.get("reason", "").replace("\x00", "").strip():
            raise forms.ValidationError("Say why the order changes, in the field Reason. Nothing was saved.")
