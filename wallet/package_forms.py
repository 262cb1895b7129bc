"""The form of a coin package: its price and its offer are dated rows."""

from people.numbers import WholeNumberField
from wallet.dated_admin import PricedForm
from wallet.models import LARGEST_PACKAGE_CENTS, CoinPackage
from wallet.packages import retired_from


class PackageForm(PricedForm):
    """A package, and the price it gets from now or from a later moment on."""

    price_field, unit = "new_cents", "cents"
    new_cents = WholeNumberField(
        least=1,
        most=LARGEST_PACKAGE_CENTS,
        required=False,
        label="Price in cents",
        help_text="Leave it empty to keep the price. Prices are never edited: a new one is announced.",
    )

    class Meta:
        model = CoinPackage
        fields = ["slug", "coins"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["retired_at"] = retired_from(self.instance)
