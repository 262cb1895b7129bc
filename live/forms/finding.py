"""The forms of the query strings that search, and that choose a category."""

from django import forms

from live.forms.supporters import Asked
from people.text.counting import TypedField

MOST_CHARACTERS = 60


class SearchForm(forms.Form):
    """`q`: the beginnings of words of a name, a handle or a title."""

    q = TypedField(
        label="Creators and lives",
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search", "placeholder": "Name or title"}
        ),
    )


class CategoryForm(Asked):
    """`category`: the slug of a category. An unknown one counts as none."""

    category = forms.CharField(required=False, initial="", max_length=30)

    @property
    def slug(self) -> str:
        return self.answer("category")
