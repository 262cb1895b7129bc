"""From which gift of a live a list goes on."""

from django import forms


class BeforeForm(forms.Form):
    """The id of the last gift that was shown, cleaned to a number: the ten ASCII digits, and no more than fit."""

    before = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False)

    def clean_before(self):
        typed = self.cleaned_data["before"]
        return int(typed) if typed else None
