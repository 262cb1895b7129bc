"""Forms of the query strings of supporter lists. Invalid values are ignored, as they only sort and filter a page."""

from typing import Self

from django import forms
from django.http import QueryDict

from live.comments.words import clean_line
from live.totals.supporters import ORDERS
from people.models import User
from people.text.counting import TypedField

LONGEST_NAME = User._meta.get_field("name").max_length


class Asked(forms.Form):
    """A form of a query string, whose fields fall back to their initial values."""

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        """Return the validated form."""
        form = cls(asked)
        form.is_valid()
        return form

    def answer(self, name: str) -> str:
        return self.cleaned_data.get(name) or self.fields[name].initial


class SupportersForm(Asked):
    """`by`: the order of the list; `name`: a part of the name."""

    by = forms.ChoiceField(choices=[(order, order) for order in ORDERS], required=False, initial="points")
    name = TypedField(max_length=LONGEST_NAME, required=False, initial="")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    @property
    def order(self) -> str:
        return self.answer("by")

    @property
    def search(self) -> str:
        return self.answer("name")


class LeaderboardForm(Asked):
    """`by`: lives or points."""

    by = forms.ChoiceField(choices=[("lives", "lives"), ("points", "points")], required=False, initial="lives")

    @property
    def rank(self) -> str:
        return self.answer("by")
