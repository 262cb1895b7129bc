"""The form with the transfer behind which a list of gifts continues."""

from django import forms


class AfterForm(forms.Form):
    """The id of the last transfer shown, as a number: only ASCII digits, at most 18, so that it fits the column."""

    after = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False)

    def clean_after(self) -> int:
        return int(self.cleaned_data["after"] or 0)
