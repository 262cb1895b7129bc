"""From which gift of a live a list goes on."""

from django import forms


class BeforeForm(forms.Form):
    """The id of the last gift that was shown."""

    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
