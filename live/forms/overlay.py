"""Forms for the settings of an overlay, for a test gift, and for the requests of an open overlay."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from live.feed.cursors import LARGEST_ID
from live.forms.studio import LineField
from live.gifts.catalog import catalog
from live.models import AlertVariant, Gift, Overlay
from live.overlay.overlays import PLACEHOLDERS, SETTINGS
from people.text.numbers import WholeNumberField

KNOWN = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


class OverlayForm(forms.ModelForm):
    """The look and sound of alerts."""

    text = LineField(
        max_length=Overlay._meta.get_field("text").max_length,
        help_text=f"Write {KNOWN} where they belong. {{count}} is empty for one gift, and ×12 for twelve.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    smallest_coins = WholeNumberField(
        label="Smallest gift, in coins",
        least=1,
        most=1_000_000,
        help_text="A gift with a lower price isn’t shown, however many of it are sent.",
    )
    seconds = WholeNumberField(
        label="Seconds for each alert",
        least=2,
        most=30,
        help_text="From 2 to 30. While many alerts wait, each is shown for less.",
    )
    volume = WholeNumberField(
        least=0, most=100, widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 100, "step": 5})
    )

    class Meta:
        model = Overlay
        fields = SETTINGS
        widgets = {"position": forms.RadioSelect}

    def clean_text(self) -> str:
        return check_placeholders(self.cleaned_data["text"])


class VariantForm(forms.Form):
    """How alerts differ from a value on."""

    from_coins = WholeNumberField(
        label="From how many coins", least=1, most=1_000_000, help_text="The price of one gift decides."
    )
    text = LineField(
        label="Text from that value on",
        max_length=AlertVariant._meta.get_field("text").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    seconds = WholeNumberField(label="Seconds from that value on", least=2, most=30)
    sound = forms.ChoiceField(label="Sound from that value on", choices=Overlay.Sound.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_variant_%s")
        super().__init__(*args, **kwargs)

    def clean_text(self) -> str:
        return check_placeholders(self.cleaned_data["text"])


class VariantValueForm(forms.Form):
    """The value from which a variant counts."""

    from_coins = WholeNumberField(least=1, most=1_000_000)


def check_placeholders(text: str) -> str:
    """Return the text of an alert. Raise ValidationError for a placeholder that nothing fills, or a lone brace."""
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in PLACEHOLDERS]
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise ValidationError(f"{named} means nothing here. The words in braces are {KNOWN}.")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        raise ValidationError("A brace has no partner. Words in braces look like {name}.")
    return text


class TestAlertForm(forms.Form):
    """The gift of a test alert."""

    gift = forms.ModelChoiceField(
        queryset=Gift.objects.none(),
        to_field_name="slug",
        empty_label=None,
        label="Gift",
        error_messages={"invalid_choice": "Choose a gift from the list."},
    )
    # pytest would collect the class by its name.
    __test__ = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gift = cast("forms.ModelChoiceField", self.fields["gift"])
        gift.queryset = catalog()
        gift.label_from_instance = _name_and_price  # type: ignore[method-assign, assignment]


def _name_and_price(gift: Gift) -> str:
    return f"{gift.name}, {gift.coins:,} {'coin' if gift.coins == 1 else 'coins'}"


class NewsForm(forms.Form):
    """The id of the newest test gift that an overlay has; empty if its page has just been opened."""

    tests = WholeNumberField(least=0, most=LARGEST_ID, required=False)
