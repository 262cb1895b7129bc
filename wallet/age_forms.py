"""The box by which a person declares their age, as a part of other forms."""

from typing import Any

from django import forms
from django.conf import settings

from wallet.ages import age_provider

# The name of the button beside the box.
ASKED = "age_asked"


class Checkbox(forms.CheckboxInput):
    """A box whose value is the age that its sentence states."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # type: ignore[override]
        return data.get(name, "")

    def format_value(self, value: Any) -> None:
        """Return nothing: the value is among the attributes, whether the box is ticked or not."""


class AsksAge(forms.Form):
    """A form with the box, while its person must still declare an age."""

    def ask_age(self, age: int | None) -> None:
        """Add the box with the sentence. The page sends the age that it stated, so that another one is refused.

        The tick is required where money moves, and of the page's own button elsewhere too.
        """
        self.age = age
        if age is None:
            return
        words = f"Tick the box if you are {age} or older. This is for nobody younger."
        self.fields["of_age"] = forms.ChoiceField(
            label=age_provider().sentence(age),
            choices=[(str(age), age)],
            required=settings.MONEY_MOVES or ASKED in self.data,
            widget=Checkbox(attrs={"value": age, "required": True}),
            error_messages={"required": words, "invalid_choice": f"The age is {age}. {words}"},
        )

    @property
    def declared_age(self) -> int | None:
        """Return the age that was declared with this form; None where it didn't ask."""
        return self.age if self.age and self.cleaned_data.get("of_age") else None
