"""The form of a coin package: its price and its offer are dated rows."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from people.operator import AsksAgain, is_jump
from people.text.numbers import DollarsField
from wallet.coins import MICROS_PER_CENT
from wallet.dated_forms import PricedForm
from wallet.exact import EXACT
from wallet.models import LARGEST_PACKAGE_CENTS, CoinPackage, CoinRate, PackagePrice
from wallet.package_effects import package_price_effects, package_usage
from wallet.packages import retired_from, why_too_cheap

FAR_FROM_FACE_VALUE = "That is more than half above face value. Tick the box if it is meant."


class PackageForm(PricedForm):
    """A package, and its new price from now or a later moment on."""

    price_field, unit, gone = "new_cents", "cents", "is not sold any more"
    new_cents = DollarsField(
        least=1,
        most=LARGEST_PACKAGE_CENTS,
        required=False,
        label="Price in dollars",
        help_text="Leave it empty to keep the price. Prices are never edited: a new one is announced.",
    )
    typed = AsksAgain.line()

    class Meta:
        model = CoinPackage
        fields = ["slug", "coins"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["retired_at"] = retired_from(self.instance)

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug == EXACT:
            raise ValidationError(f"“{EXACT}” is the name of the exact amount. Take another.")
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        price = None if set(self.errors) - {"confirmed"} else self._price_to_ask_about(cleaned)
        if price and (too_cheap := why_too_cheap(price)):
            self.ask_to_type(*too_cheap)
        if price and self.instance.pk is None:
            self._ask_if_far_from_face_value(price)
        return cleaned

    def price_effects(self, price: int, moment: datetime) -> list[str]:
        return package_price_effects(self.instance, self.price_before(), price, moment)

    def usage(self) -> list[str]:
        return package_usage(self.instance)

    def _ask_if_far_from_face_value(self, price: PackagePrice) -> None:
        """Ask for a tick if a new package costs its viewer more than half above what its coins are worth."""
        coin = CoinRate.objects.at(price.starts_at).micros
        face = -(-price.package.coins * coin // MICROS_PER_CENT)
        if price.cents > face and is_jump(face, price.cents):
            words = f"{self.written(price.cents)} for coins of {self.written(face)} at face value"
            self.ask_again(f"{face}-{price.cents}", words, FAR_FROM_FACE_VALUE)

    def _price_to_ask_about(self, cleaned: dict[str, Any]) -> PackagePrice | None:
        """Return the unsaved price that the form sets, or the current one if it offers a retired package again."""
        package = self.instance
        package.coins = package.coins or cleaned.get("coins")
        if cents := cleaned.get("new_cents"):
            return PackagePrice(package=package, cents=cents, starts_at=cleaned["new_from"])
        if package.pk and "retired_at" in self.changed_data and not cleaned.get("retired_at"):
            now = timezone.now()
            row = package.prices.started(now).first()
            return row and PackagePrice(package=package, cents=row.cents, starts_at=now)
        return None
