"""The form of the query string of a viewer's history."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import QueryDict

from live.totals.spending import Month


class MonthForm(forms.Form):
    """`month`: one of the months in which the viewer's coins moved, as 2026-11. Left out, the newest of them."""

    month = forms.ChoiceField(
        label="Month", required=False, error_messages={"invalid_choice": "No coins of yours moved in that month."}
    )

    def __init__(self, asked: QueryDict, months: Sequence[Month]) -> None:
        super().__init__(asked)
        self.months = {month.code: month for month in months}
        field = cast("forms.ChoiceField", self.fields["month"])
        field.choices = [(month.code, month.name) for month in months]

    @property
    def chosen(self) -> Month:
        """The month that was asked for, or the newest one."""
        code = self.cleaned_data.get("month") if self.is_valid() else ""
        return self.months[code] if code else next(iter(self.months.values()))
