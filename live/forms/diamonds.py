"""The form with the tap from which a list of gifts continues."""

from django import forms


class BeforeForm(forms.Form):
    """The id of the last tap shown, as a number: only ASCII digits, at most 18, so that it fits the column."""

    before = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False)

    def clean_before(self) -> int | None:
        typed = self.cleaned_data["before"]
        return int(typed) if typed else None
