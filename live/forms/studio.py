"""Forms for a creator's page and for words of thanks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from live.comments.words import clean_line
from live.models import Creator, LiveSession
from live.totals.gifters import people_behind
from live.totals.thanks import MOST_WORDS
from people.forms import NameField, PictureField
from people.text.counting import TypedField

DEFAULT_WORDS = "Thank you for being there."


class LineField(TypedField):
    """One line of text, without its invisible characters."""

    def clean(self, value: str | None) -> str:
        line = clean_line(super().clean(value))
        if self.required and not line:
            raise ValidationError("Type at least one visible character.")
        return line


class ProfileForm(forms.Form):
    """The name, bio and next live on a creator's page."""

    name = NameField(help_text="What people see on your page and in your lives.")
    bio = LineField(
        label="About you",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences. You can leave it empty.",
    )
    next_live = LineField(
        label="What comes next",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="When you are live again, in your own words: “Friday 20:00, Lisbon time”. It stands on your page.",
    )


class BannerForm(forms.Form):
    """A file that becomes the banner of a creator's page; set_banner() decodes it."""

    banner = PictureField(
        label="Banner of your page",
        help_text="JPEG, PNG or WebP, at most 6 MB, at least 600×200 pixels. It is cut to three times as wide as high.",
    )


class CreatorForm(ProfileForm):
    """The handle, name, bio and next live of a new creator."""

    handle = TypedField(
        max_length=31,
        help_text="The address of your page: small letters, digits and hyphens. It stays as it is.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["handle", "name", "bio", "next_live"]

    def clean_handle(self) -> str:
        handle = self.cleaned_data["handle"].lower().removeprefix("@")
        field = Creator._meta.get_field("handle")
        if not handle.isascii():
            raise ValidationError("Use small letters, digits and hyphens.")
        field.run_validators(handle)
        if Creator.objects.filter(handle=handle).exists():
            raise ValidationError("Somebody has this handle already. Try another one.")
        return handle


class ThanksForm(forms.Form):
    """Words of thanks and the keys of the thanked faces; without keys, all gifters are thanked."""

    words = LineField(
        label="Your words",
        max_length=MOST_WORDS,
        initial=DEFAULT_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="They reach people as a notice on the site, once each.",
    )
    gifter = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, session: LiveSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_gifter(self) -> list[str] | None:
        """Return the keys of the faces, or None for all gifters."""
        keys = self.cleaned_data["gifter"]
        # While the live runs, thank() refuses with its own words.
        if keys and not self.session.is_live and not set(keys) <= people_behind(self.session).keys():
            raise ValidationError("Choose people who gave in this live.")
        return keys or None
