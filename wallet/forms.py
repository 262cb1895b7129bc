"""What a viewer may ask of the wallet: buying a package, and deciding a sandbox payment."""

import re
from uuid import uuid4

from django import forms

UUID_AS_WE_WRITE_IT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class PlainUUIDField(forms.UUIDField):
    """A UUID in its usual form alone: Python would also read braces, underscores and the digits of other scripts."""

    def to_python(self, value):
        if value and not UUID_AS_WE_WRITE_IT.fullmatch(str(value)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class RechargeForm(forms.Form):
    """Which package, paid how. The recharge id is minted in the page, so that sending the form twice buys once."""

    package = forms.ChoiceField(error_messages={"required": "Choose a package.", "invalid_choice": "Choose a package."})
    method = forms.ChoiceField(
        error_messages={"required": "Choose how to pay.", "invalid_choice": "Choose how to pay."}
    )
    recharge_id = PlainUUIDField(
        error_messages={"required": "Send the form again.", "invalid": "Send the form again: its id was damaged."}
    )

    def __init__(self, data=None, *, packages, methods, chosen=None):
        self.packages, self.methods = packages, methods
        first = methods[0].slug if methods else None
        super().__init__(data, initial={"package": chosen and chosen.slug, "method": first, "recharge_id": uuid4()})
        self.fields["package"].choices = [(package.slug, str(package)) for package in packages]
        self.fields["method"].choices = [(method.slug, method.name) for method in methods]

    def clean_package(self):
        return next(package for package in self.packages if package.slug == self.cleaned_data["package"])

    def recharge_id_to_send(self):
        """Return the id for the form when it is shown again: the one that came, unless it was none."""
        return self.initial["recharge_id"] if "recharge_id" in self.errors else self["recharge_id"].value()


class OutcomeForm(forms.Form):
    """What the person at the sandbox checkout decided: pay or decline."""

    outcome = forms.ChoiceField(
        choices=[("pay", "paid"), ("decline", "declined")],
        error_messages={"required": "Choose Pay or Decline.", "invalid_choice": "Choose Pay or Decline."},
    )

    def clean_outcome(self):
        return dict(self.fields["outcome"].choices)[self.cleaned_data["outcome"]]
