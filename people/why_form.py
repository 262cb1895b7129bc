"""The reason that an operator gives on a page that confirms an act."""

from django import forms

from people.text.counting import TypedField
from people.text.visible import validate_visible


class WhyForm(forms.Form):
    """The reason that each act needs."""

    reason = TypedField(
        max_length=180,
        validators=[validate_visible],
        help_text="Kept in the history beside your name.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
