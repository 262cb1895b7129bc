"""What people type about payouts, made exact: dollars into cents, countries and services into ones that we know."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django_countries import countries

from payouts.models import PayoutAccount, PayoutService
from wallet.forms import PlainUUIDField

# Digits are the ten ASCII ones: Python's int() would take any script's.
DOLLARS = re.compile(r"\$?\s*([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")
ACCOUNT_ID = re.compile(r"[0-9]{1,18}")


def cents_of(text):
    """Return the cents of dollars as people write them: 250, 250.5, $1,000.00. None if it is anything else."""
    match = DOLLARS.fullmatch(text.strip())
    if match is None:
        return None
    dollars, cents = match.groups()
    return int(dollars.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))


class DollarsField(forms.CharField):
    """Dollars, typed as text; cleaned to whole cents."""

    def __init__(self, **options):
        super().__init__(max_length=20, error_messages={"required": "Type how many dollars."}, **options)

    def clean(self, value):
        cents = cents_of(super().clean(value))
        if cents is None:
            raise ValidationError("Type dollars with at most two decimals, such as 250.00.")
        return cents


class WithdrawForm(forms.Form):
    """How much, and where to. `account` is cleaned to the creator's own PayoutAccount, None if it isn't theirs."""

    amount = DollarsField()
    account = forms.CharField(max_length=18, error_messages={"required": "Choose where the money goes."})

    def __init__(self, data=None, *, creator, **options):
        super().__init__(data, **options)
        self.creator = creator

    def clean_account(self):
        typed = self.cleaned_data["account"]
        if not ACCOUNT_ID.fullmatch(typed):
            raise ValidationError("Choose one of your payout accounts.")
        return self.creator.payout_accounts.select_related("service").filter(pk=int(typed)).first()


class ConfirmForm(forms.Form):
    """The quote to confirm."""

    quote = PlainUUIDField()


class AccountForm(forms.Form):
    """A payout account to add: a service that is approved and available in the country, and its receiver."""

    provider = forms.ChoiceField(label="Service", error_messages={"required": "Choose a service."})
    country = forms.ChoiceField(
        label="Country", help_text="Where the account is registered.", error_messages={"required": "Choose a country."}
    )
    receiver = forms.EmailField(
        label="E-mail address of the account",
        max_length=PayoutAccount._meta.get_field("receiver").max_length,
        help_text="Money that was sent to a wrong address may be lost. Look twice.",
        error_messages={"required": "Type the address of the account."},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.services = {service.slug: service for service in PayoutService.objects.all()}
        approved = [(slug, service.name) for slug, service in self.services.items() if service.is_approved]
        self.fields["provider"].choices = approved
        self.fields["provider"].error_messages["invalid_choice"] = "Choose a service that Ovation can pay out through."
        self.fields["country"].choices = [("", "Choose a country"), *countries]
        self.fields["country"].error_messages["invalid_choice"] = "Choose a country from the list."
        if len(approved) == 1:
            self.fields["provider"].initial = approved[0][0]

    def clean_receiver(self):
        receiver = self.cleaned_data["receiver"]
        # Before lower(), which turns look-alikes such as the Kelvin sign into plain letters.
        if not receiver.isascii():
            raise ValidationError("Type the address in plain letters, such as name@example.com.")
        return receiver.lower()

    def clean(self):
        cleaned = super().clean()
        slug, country = cleaned.get("provider"), cleaned.get("country")
        if slug and country and not self.services[slug].is_available_in(country):
            where = dict(countries)[country]
            self.add_error("provider", f"{self.services[slug]} isn't available for payouts to {where}.")
        return cleaned

    @property
    def service(self):
        return self.services[self.cleaned_data["provider"]]
