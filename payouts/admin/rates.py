"""Rates in the admin: the cost of a coin, the worth of a diamond."""

from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from payouts.effects import coin_rate_effects, diamond_rate_effects
from payouts.losses import first_loss, too_cheap
from payouts.models import DiamondRate
from payouts.money import usd_exact
from people.operator import AsksAgain
from wallet.dated_admin import DatedAdmin
from wallet.dated_forms import CREATORS_ARE_TOLD, DatedForm
from wallet.models import CoinRate
from wallet.moments import moment_in_words

Rate = TypeVar("Rate", CoinRate, DiamondRate)


class RateForm(DatedForm[Rate]):
    """A new rate. A rate that makes a diamond worth more than a coin costs must be confirmed by typing it."""

    watched = ("micros",)
    typed = AsksAgain.line()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if set(self.errors) <= {"confirmed"}:
            row = self._meta.model(micros=cleaned["micros"], starts_at=cleaned["starts_at"])
            if loss := first_loss(added=row, since=row.starts_at):
                self.ask_to_type(*too_cheap(loss))
        return cleaned


class CoinRateForm(RateForm[CoinRate]):
    def in_short(self, after: dict[str, Any]) -> str:
        return f"{usd_exact(after['micros'])} a coin"

    def further_effects(self, before: CoinRate, after: dict[str, Any]) -> list[str]:
        return coin_rate_effects(before.micros, after["micros"], after["starts_at"])

    def effect(self, before: CoinRate, after: dict[str, Any]) -> str:
        return (
            f"a coin will cost {usd_exact(after['micros'])} instead of {usd_exact(before.micros)} "
            f"from {moment_in_words(after['starts_at'])}. Packages keep their own prices."
        )


class DiamondRateForm(RateForm[DiamondRate]):
    told = CREATORS_ARE_TOLD

    def in_short(self, after: dict[str, Any]) -> str:
        return f"{usd_exact(after['micros'])} a diamond"

    def further_effects(self, before: DiamondRate, after: dict[str, Any]) -> list[str]:
        return diamond_rate_effects(before.micros, after["micros"], after["starts_at"])

    def effect(self, before: DiamondRate, after: dict[str, Any]) -> str:
        return (
            f"a diamond will be worth {usd_exact(after['micros'])} instead of {usd_exact(before.micros)} "
            f"from {moment_in_words(after['starts_at'])}. Withdrawals that were quoted before keep their rate."
        )


class RateAdmin(DatedAdmin):
    list_display = ("worth", "starts_at", "state", "set_by", "reason_given")
    fields = ("micros", "starts_at", "reason_given", "by_name")

    @admin.display(description="worth", ordering="micros")
    def worth(self, rate: CoinRate | DiamondRate) -> str:
        return usd_exact(rate.micros)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse to withdraw an announced rate if a diamond would then be worth more than a coin costs."""
        rate = cast("DiamondRate | CoinRate | None", self.get_object(request, object_id))
        if request.method == "POST" and rate and (loss := first_loss(without=rate, since=rate.starts_at)):
            messages.error(
                request,
                f"Without it a diamond is worth {usd_exact(loss.diamond_micros)} and a coin costs "
                f"{usd_exact(loss.coin_micros)} from {moment_in_words(loss.moment)} on. Announce another rate for "
                "then first. Nothing was changed.",
            )
            return HttpResponseRedirect(request.get_full_path())
        return super().delete_view(request, object_id, extra_context)


@admin.register(CoinRate)
class CoinRateAdmin(RateAdmin):
    """The cost of a coin at face value."""

    form = CoinRateForm


@admin.register(DiamondRate)
class DiamondRateAdmin(RateAdmin):
    """The worth of a diamond."""

    form = DiamondRateForm
