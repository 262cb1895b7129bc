"""Forms of the gift catalog: a gift with a price to be set, and a row of the list."""

from django import forms
from django.utils import timezone

from live.catalog import refuse_above_terms
from live.models import LARGEST_PRICE_COINS, Gift, art_choices
from people.names import clean_name
from people.numbers import WholeNumberField
from people.operator import AsksAgain, ReasonForm, is_jump
from wallet.dated_admin import A_MOMENT, labelled_moment, moment_from_now_on, moment_in_words


class ArtTiles(forms.RadioSelect):
    """The pictures to choose from, as pictures."""

    template_name = "admin/live/art_tiles.html"


class GiftForm(AsksAgain, ReasonForm):
    """A gift, and the price it gets from now or from a later moment on."""

    art = forms.ChoiceField(choices=art_choices, widget=ArtTiles, label="Picture")
    new_coins = WholeNumberField(
        least=1,
        most=LARGEST_PRICE_COINS,
        required=False,
        label="Coins",
        help_text="Leave it empty to keep the price. Prices are never edited: a new one is announced.",
    )
    new_from = forms.SplitDateTimeField(
        required=False, widget=labelled_moment(), label="Counts from", help_text="Leave it empty for now."
    )
    retired_at = forms.SplitDateTimeField(
        required=False,
        widget=labelled_moment(),
        label="Out of the tray from",
        help_text="Now or later. Empty it to offer the gift again.",
    )
    confirmed = AsksAgain.box()

    class Meta:
        model = Gift
        fields = ["slug", "name", "art", "order", "retired_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["new_coins"].required = True
            self.fields["new_coins"].help_text = "What it costs from the start."

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def clean_retired_at(self):
        moment = self.cleaned_data.get("retired_at")
        if moment and moment != self.instance.retired_at and moment < timezone.now() - A_MOMENT:
            raise forms.ValidationError("A gift can't be retired from a moment that has passed. Take now or later.")
        return moment

    def clean_new_from(self):
        return moment_from_now_on(self.cleaned_data.get("new_from"))

    def clean(self):
        cleaned = super().clean()
        coins, moment = cleaned.get("new_coins"), cleaned.get("new_from")
        if coins and moment:
            self._refuse_price(coins, moment)
        elif self.data.get("new_from_0") and not self.errors:
            self.add_error("new_coins", "Type the coins it costs from then on.")
        return cleaned

    def _refuse_price(self, coins, moment):
        try:
            refuse_above_terms(coins, moment)
        except forms.ValidationError as error:
            self.add_error("new_coins", error)
            return
        if self.instance.pk is None:
            return
        if self.instance.prices.filter(starts_at=moment).exists():
            self.add_error(
                "new_from", "A price is announced for this moment. Withdraw it first, or take another moment."
            )
        before = self.instance.prices.started(moment).first()
        if before and is_jump(before.coins, coins):
            words = f"from {before.coins:,} to {coins:,} coins, from {moment_in_words(moment)} on"
            self.ask_again(f"{before.coins}-{coins}", words)


class GiftRowForm(forms.ModelForm):
    """One row of the list: only the order is edited there."""

    order = WholeNumberField(least=0, most=100_000)

    class Meta:
        model = Gift
        fields = ["order"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["order"].widget.attrs["aria-label"] = f"Order of {self.instance.name}"


class GiftRows(forms.BaseModelFormSet):
    """The list's rows together, with one reason for what was reordered."""

    def clean(self):
        super().clean()
        if self.has_changed() and not self.data.get("reason", "").replace("\x00", "").strip():
            raise forms.ValidationError("Say why the order changes, in the field Reason. Nothing was saved.")
