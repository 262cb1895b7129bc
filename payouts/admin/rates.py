"""What a coin costs and what a diamond is worth."""

from django.contrib import admin

from payouts.models import DiamondRate
from payouts.templatetags.money import usd_exact
from wallet.dated_admin import DatedAdmin, DatedForm, moment_in_words
from wallet.models import CoinRate


class CoinRateForm(DatedForm):
    watched = ("micros",)

    def effect(self, before, after):
        return (
            f"a coin will cost {usd_exact(after['micros'])} instead of {usd_exact(before.micros)} "
            f"from {moment_in_words(after['starts_at'])}. Packages keep their own prices."
        )


class DiamondRateForm(DatedForm):
    watched = ("micros",)

    def effect(self, before, after):
        return (
            f"a diamond will be worth {usd_exact(after['micros'])} instead of {usd_exact(before.micros)} "
            f"from {moment_in_words(after['starts_at'])}. Withdrawals that were quoted before keep their rate."
        )


class RateAdmin(DatedAdmin):
    list_display = ("worth", "starts_at", "state", "set_by", "reason_given")
    fields = ("micros", "starts_at", "reason_given", "confirmed")

    @admin.display(description="worth", ordering="micros")
    def worth(self, rate):
        return usd_exact(rate.micros)


@admin.register(CoinRate)
class CoinRateAdmin(RateAdmin):
    """What a coin costs at face value."""

    form = CoinRateForm


@admin.register(DiamondRate)
class DiamondRateAdmin(RateAdmin):
    """What a diamond is worth."""

    form = DiamondRateForm
