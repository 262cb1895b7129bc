"""The operator's box for whether a person may come in, in the forms of people and of creators."""

from django import forms

from people.access import why_not_change_access
from people.models import User
from people.operator import ReasonForm


class AccessForm(ReasonForm):
    """A form with the field `is_active`; it refuses a change that this operator may not make."""

    @property
    def person(self) -> User:
        """The person whose access it is."""
        return self.instance

    def clean_is_active(self) -> bool:
        is_active = self.cleaned_data["is_active"]
        refusal = why_not_change_access(self.person, by=self.operator)
        if is_active != self.person.is_active and refusal:
            raise forms.ValidationError(refusal)
        return is_active
