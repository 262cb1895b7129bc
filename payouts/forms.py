"""Forms of payouts. They turn dollars into cents, and accept known countries and services only."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django_countries import countries

from payouts.models import PayoutAccount, PayoutService
from payouts.receiving.receivers import HINTS, NAMES, clean_receiver
from people.brand import site_name
from people.models import User
from people.text.counting import TypedField
from people.text.names import clean_name, validate_name
from people.text.numbers import DollarsField
from wallet.age_forms import AsksAge
from wallet.forms import PlainUUIDField

ACCOUNT_ID = re.compile(r"[0-9]{1,18}")


class WithdrawForm(forms.Form):
    """The amount and the account. `account` is cleaned to the creator's own PayoutAccount, None if it isn't theirs."""

    amount = DollarsField()
    account = forms.CharField(max_length=18, error_messages={"required": "Choose where the money goes."})

    def __init__(self, data: Mapping[str, Any] | None = None, *, creator: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.creator = creator

    def clean_account(self) -> PayoutAccount | None:
        typed = self.cleaned_data["account"]
        if not ACCOUNT_ID.fullmatch(typed):
            raise ValidationError("Choose one of your payout accounts.")
        return self.creator.payout_accounts.select_related("service").filter(pk=int(typed)).first()


class ConfirmForm(forms.Form):
    """The quote to confirm."""

    quote = PlainUUIDField()


class ServiceSelect(forms.Select):
    """Services to choose from; each option says of which kind its receivers are, for the hints beside them."""

    services: dict[str, PayoutService] = {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        if service := self.services.get(value):
            option["attrs"]["data-kind"] = service.receiver_kind
        return option


class AccountForm(AsksAge):
    """A payout account to add: a service that is offered and available in the country, and its receiver.

    `receiver` is cleaned to what is stored for the kind of the service: an address, an IBAN or a phone number.
    """

    provider = forms.ChoiceField(
        label="Service", widget=ServiceSelect, error_messages={"required": "Choose a service."}
    )
    country = forms.ChoiceField(
        label="Country", help_text="Where the account is registered.", error_messages={"required": "Choose a country."}
    )
    receiver = TypedField(
        max_length=PayoutAccount._meta.get_field("receiver").max_length,
        help_text="Money that was sent to a wrong receiver may be lost. Look twice.",
        error_messages={"required": "Type where the money goes."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    label = TypedField(
        label="Your name for it",
        required=False,
        max_length=PayoutAccount._meta.get_field("label").max_length,
        help_text="If you like, such as “Band”. It tells accounts apart that look the same.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        services: Iterable[PayoutService],
        age: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.ask_age(age)
        self.services = {service.slug: service for service in services}
        provider, country = (cast("forms.ChoiceField", self.fields[name]) for name in ("provider", "country"))
        cast("ServiceSelect", provider.widget).services = self.services
        provider.choices = [(slug, service.name) for slug, service in self.services.items()]
        if len(self.services) != 1:
            provider.choices = [("", "Choose a service"), *provider.choices]
        provider.error_messages["invalid_choice"] = f"Choose a service that {site_name()} can pay out through."
        country.choices = [("", "Choose a country"), *countries]
        country.error_messages["invalid_choice"] = "Choose a country from the list."
        label = _either([NAMES[kind] for kind in self.hints])
        self.fields["receiver"].label = label[:1].upper() + label[1:]

    @property
    def hints(self) -> dict[str, tuple[list[str], str]]:
        """Return {kind: (names of its services, what to type)} of the services on offer."""
        names = {kind: [one.name for one in self.services.values() if one.receiver_kind == kind] for kind in HINTS}
        return {kind: (names[kind], hint) for kind, hint in HINTS.items() if names[kind]}

    def clean_label(self) -> str:
        label = clean_name(self.cleaned_data["label"])
        if label:
            validate_name(label)
        return label

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        service, country = self.services.get(cleaned.get("provider", "")), cleaned.get("country")
        if not (service and country):
            return cleaned
        if not service.is_available_in(country):
            self.add_error("provider", self._not_there(service, country))
        elif "receiver" in cleaned:
            try:
                cleaned["receiver"] = clean_receiver(service.receiver_kind, cleaned["receiver"], country)
            except ValidationError as error:
                self.add_error("receiver", error)
        return cleaned

    def _not_there(self, service: PayoutService, country: str) -> str:
        there = [other.name for other in self.services.values() if other.is_available_in(country)]
        instead = f" There it is {_either(there)}." if there else ""
        return f"{service} isn't available for payouts to {dict(countries)[country]}.{instead}"

    @property
    def service(self) -> PayoutService:
        return self.services[self.cleaned_data["provider"]]


def _either(names: list[str]) -> str:
    """Write alternatives: PayPal, Bank transfer or Mobile money."""
    *first, last = names or ["receiver"]
    return f"{', '.join(first)} or {last}" if first else last
