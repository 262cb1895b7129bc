"""The operator's box for whether a person may come in, in the forms of people and of creators."""

from functools import cached_property
from typing import Any

from django import forms

from people.access import why_not_change_access
from people.models import User
from people.operator import ReasonForm


class AccessForm(ReasonForm):
    """A form with the field `is_active`; it refuses a change that this operator may not make.

    `was_active` is the box as the page showed it. A box that was left as it was changes nothing, even if another
    operator has suspended the person meanwhile.
    """

    was_active = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["was_active"] = str(self.person.is_active)

    @property
    def person(self) -> User:
        """The person whose access it is."""
        return self.instance

    @cached_property
    def changed_data(self) -> list[str]:
        left_out = {"was_active", "is_active"} if self._is_as_shown() else {"was_active"}
        return [name for name in super().changed_data if name not in left_out]

    def clean_is_active(self) -> bool:
        if self._is_as_shown():
            return self.person.is_active
        is_active = self.cleaned_data["is_active"]
        refusal = why_not_change_access(self.person, by=self.operator)
        if is_active != self.person.is_active and refusal:
            raise forms.ValidationError(refusal)
        return is_active

    def _is_as_shown(self) -> bool:
        return self.data.get("was_active") == str("is_active" in self.data)
