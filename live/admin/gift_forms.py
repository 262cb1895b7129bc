"""Forms of the gift catalog: a gift with its next price, and a row of the list."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

from live.gifts.art import MOST_BYTES, is_art, keep_art
from live.gifts.catalog import refuse_above_terms
from live.gifts.effects import gift_price_effects, gift_usage
from live.models import LARGEST_PRICE_COINS, Gift, art_choices, is_uploaded
from people.pictures import PictureRefused
from people.text.names import clean_name
from people.text.numbers import WholeNumberField
from wallet.dated_forms import CREATORS_ARE_TOLD, PricedForm


class ArtTiles(forms.RadioSelect):
    """A radio button for each picture, shown as the picture."""

    template_name = "admin/live/art_tiles.html"


class ArtField(forms.ChoiceField):
    """Art that comes along, and uploads that the form offers beside it."""

    widget = ArtTiles
    default_error_messages = {"invalid_choice": "That picture is not there. Choose another one."}

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=art_choices, **options)
        # A form's fields are shallow copies of the class's: never change this dict in place.
        self.uploads: dict[str, str] = {}

    def offer(self, name: str) -> None:
        """Offer an uploaded picture before the others."""
        if is_uploaded(name):
            self.uploads = {**self.uploads, name: "Uploaded"}
            self.choices = [*self.uploads.items(), *art_choices()]


class GiftForm(PricedForm):
    """A gift, and a price that counts from now or a later moment.

    An uploaded picture is stored and shown at the first press. The second one saves its name, by its tile.
    """

    price_field, unit, gone = "new_coins", "coins", "is out of the tray"
    told = CREATORS_ARE_TOLD
    picture = forms.FileField(
        label="Upload a picture",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/svg+xml,image/png,.svg,.png"}),
        help_text=f"SVG or PNG, at most {MOST_BYTES // 1000} kB, best square and with a clear ground. A PNG has 96×96 "
        "pixels or more. Of an SVG shapes, gradients, masks and filters stay. You see it before it counts.",
    )
    art = ArtField(label="Picture")
    # The upload is stored before the tiles are read, so that its tile is there.
    field_order = ["picture", "art"]
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer, posted = cast("ArtField", self.fields["art"]).offer, self.data.get("art", "")
        offer(self.instance.art)
        if posted != self.instance.art and is_art(posted):
            offer(posted)

    def clean_picture(self) -> None:
        """Store an upload, and choose its tile: a browser doesn't send the file again."""
        file = self.cleaned_data["picture"]
        if not file:
            return
        try:
            name = keep_art(file, file.size)
        except PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        self.data = cast("QueryDict", self.data).copy()
        self.data["art"] = name
        # Else the values of the second press would differ from those that were shown.
        self.files = MultiValueDict()
        cast("ArtField", self.fields["art"]).offer(name)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def why_no_price(self, price: int, moment: datetime) -> None:
        refuse_above_terms(price, moment)

    def looks(self) -> str:
        """Return the gift with its new picture, in the tray, by day and by night."""
        if "art" not in self.changed_data:
            return ""
        price = self.cleaned_data.get("new_coins") or getattr(self.instance, "coins", None)
        return render_to_string("admin/live/gift/_looks.html", {"gift": self.instance, "coins": price})

    def _changed(self, name: str) -> str:
        is_upload = name == "art" and is_uploaded(self.cleaned_data["art"])
        return "the one shown here" if is_upload else super()._changed(name)

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
