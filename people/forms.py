"""Forms about people."""

from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import HttpRequest

from people.models import MailChoices, User
from people.taken_names import take_name, why_not_name
from people.text.counting import TypedField
from people.text.names import AVATARS, clean_name, validate_name


class NameField(TypedField):
    """A name of at most 30 characters, cleaned to the stored form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, validators=[validate_name], **options)

    def clean(self, value: Any) -> str:
        return clean_name(super().clean(value))


def refuse_taken(name: str, before: str | None = None, *, user: User | None = None) -> str:
    """Return the name if it is unchanged or may be taken; else raise ValidationError."""
    if name != before and (reason := why_not_name(name, user=user)):
        raise forms.ValidationError(reason)
    return name


class SignupForm(forms.Form):
    """The field of sign-up besides e-mail address and password; allauth's form inherits from this one."""

    name = NameField(help_text="What others see beside your gifts.")
    name.widget.attrs["autocomplete"] = "nickname"

    def clean_name(self) -> str:
        return refuse_taken(self.cleaned_data["name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """Do nothing: allauth requires the method, and the adapter has saved the name."""


class AvatarField(forms.ChoiceField):
    """A drawing, or the picture that the person has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=AVATARS, **options)

    def offer(self, user: User) -> None:
        """Offer the user's picture beside the drawings."""
        if user.avatar not in dict(AVATARS):
            self.choices = [(user.avatar, "Your picture"), *AVATARS]


class PictureField(forms.FileField):
    """An upload; people.pictures decodes it."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    default_error_messages = {
        "required": "Choose a file first.",
        "invalid": "Choose a file first.",
        "missing": "Choose a file first.",
        "empty": "That file is empty. Choose another one.",
    }


class PictureForm(forms.Form):
    """A file that becomes a person's picture; set_picture() decodes it."""

    picture = PictureField(
        label="Your own picture",
        help_text="JPEG, PNG or WebP, at most 6 MB. The middle square is shown, without place and time of the photo.",
    )


class ProfileForm(forms.ModelForm):
    """A person's name and picture, and how they appear in lives. Fields that weren't sent stay unchanged."""

    name = NameField(help_text="What others see beside your gifts.")
    avatar = AvatarField(widget=forms.RadioSelect, label="Picture")
    is_somebody = forms.TypedChoiceField(
        label="In lives, others see",
        choices=[("False", "Your name and picture"), ("True", "Somebody")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "avatar", "is_somebody"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("AvatarField", self.fields["avatar"]).offer(self.instance)

    def clean_name(self) -> str:
        return refuse_taken(self.cleaned_data["name"], self.instance.name, user=self.instance)

    @transaction.atomic
    def save(self) -> None:  # type: ignore[override]
        """Update only the columns that were sent: a full save could undo an operator's deactivation in a race."""
        if "name" in self.changed_data:
            take_name(self.cleaned_data["name"], user=self.instance)
        self.instance.save(update_fields=[name for name in self.Meta.fields if name in self.data])


class MailChoicesForm(forms.ModelForm):
    """The kinds of mail that a person may choose. A box that wasn't sent is off."""

    class Meta:
        model = MailChoices
        fields = ["lives", "statements", "changes"]
