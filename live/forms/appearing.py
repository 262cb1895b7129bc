"""The form with which a viewer chooses how to appear in lives."""

from django import forms


class AppearForm(forms.Form):
    """By name, or as Somebody."""

    appear = forms.TypedChoiceField(
        choices=[("name", "By name"), ("somebody", "As Somebody")], coerce=lambda value: value == "somebody"
    )
