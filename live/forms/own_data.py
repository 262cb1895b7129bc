"""The choice of a file of one's own data."""

from django import forms


class OwnDataForm(forms.Form):
    """The pressed button."""

    format = forms.ChoiceField(
        choices=[("zip", "Tables (CSV)"), ("json", "JSON")],
        error_messages={"required": "Choose tables or JSON.", "invalid_choice": "Choose tables or JSON."},
    )
