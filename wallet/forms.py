"""Forms of the wallet: buying a package, and deciding a sandbox payment."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms

from people.text.counting import units
from people.text.numbers import MOST_CHARACTERS, WholeNumberField, whole_from
from wallet.age_forms import AsksAge
from wallet.coins import exact_cents
from wallet.exact import EXACT, ExactTerms
from wallet.gateways import OfferedMethod
from wallet.models import LARGEST_PACKAGE_CENTS, CoinPackage

UUID_AS_WE_WRITE_IT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class PlainUUIDField(forms.UUIDField):
    """A UUID of ASCII digits with hyphens. Python's UUID() also accepts braces, underscores and other digits."""

    def to_python(self, value: Any) -> UUID | None:  # type: ignore[override]
        if value and not UUID_AS_WE_WRITE_IT.fullmatch(str(value)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


MOST_MICROS = 1_000_000


class RechargeForm(AsksAge):
    """A package or an exact amount, and the payment method. The recharge id is in the page: two POSTs of it buy once.

    The page sends the price that it showed for each package, as `price-<slug>` in cents, and that of a coin in micros.
    A client may leave the prices out: the checkout shows the price before anything is charged.
    """

    package = forms.CharField(max_length=40, error_messages={"required": "Choose a package."})
    method = forms.ChoiceField(
        error_messages={"required": "Choose how to pay.", "invalid_choice": "Choose how to pay."}
    )
    recharge_id = PlainUUIDField(
        error_messages={"required": "Send the form again.", "invalid": "Send the form again: its id was damaged."}
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        packages: list[CoinPackage],
        methods: Sequence[OfferedMethod],
        exact: ExactTerms,
        chosen: str = "",
        coins: int | None = None,
        age: int | None = None,
    ) -> None:
        self.known, self.methods, self.exact = packages, methods, exact
        self.packages = [package for package in packages if package.is_offered]
        first = methods[0].value if methods else None
        initial = {"package": chosen, "coins": coins or exact.least, "method": first, "recharge_id": uuid4()}
        super().__init__(data, initial=initial)
        self.ask_age(age)
        self.fields["coins"] = WholeNumberField(least=exact.least, most=exact.most, required=False, label="Coins")
        self.fields["coin-micros"] = WholeNumberField(most=MOST_MICROS, required=False, label="Price that was shown")
        for package in packages:
            self.fields[f"price-{package.slug}"] = WholeNumberField(
                most=LARGEST_PACKAGE_CENTS, required=False, label="Price that was shown"
            )
        cast("forms.ChoiceField", self.fields["method"]).choices = [(one.value, one.method.name) for one in methods]

    def clean_package(self) -> CoinPackage | None:
        """Return the package, None for an exact amount. start_recharge() refuses one that was retired meanwhile."""
        slug = self.cleaned_data["package"]
        if slug == EXACT:
            return None
        package = next((package for package in self.known if package.slug == slug), None)
        if package is None:
            raise forms.ValidationError("Choose a package.")
        return package

    def clean(self) -> None:
        """Read the coins for an exact amount alone: what a browser lets through beside a package means nothing."""
        if self.data.get("package") != EXACT:
            if units(self.data.get("coins", "")) <= MOST_CHARACTERS:
                self.errors.pop("coins", None)
        elif "coins" not in self.errors and not self.cleaned_data.get("coins"):
            self.add_error("coins", "Type how many coins.")

    def choice(self) -> dict[str, Any]:
        """Return the keyword arguments of start_recharge()."""
        chosen = {name: self.cleaned_data[name] for name in ("package", "recharge_id")}
        offered = next(one for one in self.methods if one.value == self.cleaned_data["method"])
        chosen |= {"provider": offered.provider, "method": offered.method.slug}
        if chosen["package"]:
            return {**chosen, "shown_cents": self.cleaned_data[f"price-{chosen['package'].slug}"]}
        coins, micros = self.cleaned_data["coins"], self.cleaned_data["coin-micros"]
        return {**chosen, "exact_coins": coins, "shown_cents": None if micros is None else exact_cents(coins, micros)}

    @property
    def exact_price(self) -> str:
        """Return the price of the exact amount in the form, in words; that of the least if what was typed is none."""
        typed = whole_from(str(self["coins"].value() or "")) or 0
        return self.exact.price_of(typed if self.exact.covers(typed) else self.exact.least)

    def recharge_id_to_send(self) -> UUID | str:
        """Return the id for the form when it is shown again: the submitted id, or a new one if that was invalid."""
        return self.initial["recharge_id"] if "recharge_id" in self.errors else self["recharge_id"].value()


class OutcomeForm(forms.Form):
    """The decision at the sandbox checkout: pay or decline."""

    OUTCOMES = {"pay": "paid", "decline": "declined"}

    outcome = forms.ChoiceField(
        choices=list(OUTCOMES.items()),
        error_messages={"required": "Choose Pay or Decline.", "invalid_choice": "Choose Pay or Decline."},
    )

    def clean_outcome(self) -> str:
        return self.OUTCOMES[self.cleaned_data["outcome"]]
