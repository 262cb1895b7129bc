"""The operator's screens for what coins and diamonds are worth, and for money on its way out."""

from django.contrib import admin

from payouts.models import (
    DiamondRate,
    PayoutAccount,
    PayoutService,
    PayoutTerms,
    WeeklyAllowance,
    Withdrawal,
    WithdrawalStep,
)
from payouts.templatetags.money import usd, usd_exact
from people.operator import ReadOnlyAdmin, ReadOnlyInline, ReasonedAdmin, SearchesById
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


class PayoutTermsForm(DatedForm):
    watched = ("minimum_cents", "weekly_cents")

    def clean(self):
        minimum, weekly = self.cleaned_data.get("minimum_cents"), self.cleaned_data.get("weekly_cents")
        if minimum and weekly and minimum > weekly:
            self.add_error("minimum_cents", f"The minimum can't be above the maximum of a week, {usd(weekly)}.")
        return super().clean()

    def effect(self, before, after):
        return (
            f"one withdrawal will be at least {usd(after['minimum_cents'])} instead of {usd(before.minimum_cents)}, "
            f"and all of one week at most {usd(after['weekly_cents'])} instead of {usd(before.weekly_cents)}, "
            f"from {moment_in_words(after['starts_at'])}."
        )


@admin.register(PayoutTerms)
class PayoutTermsAdmin(DatedAdmin):
    """The limits of withdrawals."""

    form = PayoutTermsForm
    list_display = ("minimum", "week", "quote_seconds", "arrival_days", "starts_at", "state", "set_by", "reason_given")
    fields = (
        "minimum_cents",
        "weekly_cents",
        "quote_seconds",
        "arrival_days",
        "starts_at",
        "reason_given",
        "confirmed",
    )

    @admin.display(description="minimum of one")
    def minimum(self, terms):
        return usd(terms.minimum_cents)

    @admin.display(description="maximum of a week")
    def week(self, terms):
        return usd(terms.weekly_cents)


@admin.register(PayoutService)
class PayoutServiceAdmin(ReasonedAdmin):
    """Services that may send money, and where."""

    list_display = ("name", "slug", "is_approved", "where")
    list_filter = ("is_approved",)
    fields = ("slug", "name", "countries", "is_approved", "fee_note", "reason")

    @admin.display(description="available in")
    def where(self, service):
        return f"{len(service.countries)} countries" if service.countries else "everywhere"

    def get_readonly_fields(self, request, obj=None):
        return ("slug",) if obj else ()


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnlyAdmin):
    """Where creators have their money sent. The owner adds and removes them; operators look."""

    list_display = ("owner", "service", "masked_receiver", "country", "created_at", "removed_at")
    list_select_related = ("owner", "service")
    list_filter = ("service",)
    search_fields = ("=receiver", "=owner__email")
    search_help_text = "E-mail address of the account or of its owner"


class WithdrawalSteps(ReadOnlyInline):
    model = WithdrawalStep
    fields = ("at", "status", "by", "why")
    readonly_fields = fields


@admin.register(Withdrawal)
class WithdrawalAdmin(SearchesById, ReadOnlyAdmin):
    """Withdrawals with their steps. They move by the creator, the worker and the provider alone."""

    list_display = ("id", "creator", "amount", "diamonds", "account", "status", "week", "requested_at")
    list_select_related = ("creator", "account__service")
    list_filter = ("status", "provider")
    search_fields = ("=provider_reference", "=creator__email")
    search_help_text = "Withdrawal id, the provider's reference, or an e-mail address"
    inlines = (WithdrawalSteps,)

    @admin.display(description="amount", ordering="cents")
    def amount(self, withdrawal):
        return usd(withdrawal.cents)


@admin.register(WeeklyAllowance)
class WeeklyAllowanceAdmin(ReadOnlyAdmin):
    """What each creator has asked for in each week."""

    list_display = ("creator", "week", "used", "limit")
    list_select_related = ("creator",)
    search_fields = ("=creator__email",)
    search_help_text = "E-mail address"

    @admin.display(description="used", ordering="used_cents")
    def used(self, allowance):
        return usd(allowance.used_cents)

    @admin.display(description="maximum", ordering="limit_cents")
    def limit(self, allowance):
        return usd(allowance.limit_cents)
