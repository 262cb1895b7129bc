"""Money on its way out: creators' accounts, their withdrawals, their weeks."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from payouts.admin.totals import TotalsScreen
from payouts.admin.waiting import WaitingScreens
from payouts.models import (
    PayoutAccount,
    ProviderHour,
    ProviderReport,
    WeeklyAllowance,
    Withdrawal,
    WithdrawalApproval,
    WithdrawalStep,
)
from payouts.money import usd
from payouts.withdrawals.waiting import count_waiting_for
from people.operator import ReadOnlyAdmin, ReadOnlyInline, operator_of
from people.operator_lists import ExportsCsv, SearchesById, above_filter, since_filter


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnlyAdmin):
    """Payout accounts, read-only: their owners add and remove them."""

    list_display = ("owner", "service", "label", "masked_receiver", "country", "created_at", "removed_at")
    list_select_related = ("owner", "service")
    list_filter = ("service",)
    search_fields = ("=receiver", "=owner__email")
    search_help_text = "E-mail address of the account or of its owner"


class WithdrawalSteps(ReadOnlyInline):
    model = WithdrawalStep
    fields = ("at", "status", "by", "why")
    readonly_fields = fields


class WithdrawalApprovals(ReadOnlyInline):
    model = WithdrawalApproval
    fields = ("at", "by", "why")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[WithdrawalApproval]:
        return super().get_queryset(request).select_related("by")


class ProviderReports(ReadOnlyInline):
    """The provider's answers, and those that operators have read there, under operator:<their key>."""

    model = ProviderReport
    fields = ("at", "provider", "status", "cents", "fee_cents", "why", "event")
    readonly_fields = fields


class Waits(admin.SimpleListFilter):
    title = "waiting"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", "For a person"), *((str(why), why.label) for why in Withdrawal.Attention if why)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Withdrawal]) -> QuerySet[Withdrawal]:
        if self.value() == "yes":
            return queryset.exclude(attention=Withdrawal.Attention.NONE)
        return queryset.filter(attention=self.value()) if self.value() in Withdrawal.Attention.values else queryset


@admin.register(Withdrawal)
class WithdrawalAdmin(ExportsCsv, WaitingScreens, TotalsScreen, SearchesById, ReadOnlyAdmin):
    """Withdrawals with their steps. Creators, the worker and the provider move them; operators only where they wait."""

    desk_page = "withdrawal"
    change_list_template = "admin/payouts/withdrawal/change_list.html"
    list_display = ("amount", "creator", "status", "waits_for", "requested_at", "account")
    list_select_related = ("creator", "account__service")
    list_filter = (
        *(Waits, "status", since_filter("requested_at")),
        *(above_filter("cents", 200_00, 500_00, 1_000_00), "provider"),
    )
    search_fields = ("=provider_reference", "=creator__email")
    search_help_text = "Withdrawal id, the provider's reference, or an e-mail address"
    inlines = (WithdrawalSteps, WithdrawalApprovals, ProviderReports)

    @admin.display(description="amount", ordering="cents")
    def amount(self, withdrawal: Withdrawal) -> str:
        return usd(withdrawal.cents)

    @admin.display(description="waits for", ordering="attention")
    def waits_for(self, withdrawal: Withdrawal) -> str:
        return withdrawal.get_attention_display() if withdrawal.attention else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_conclude = self.has_conclude_permission(request)
        count = count_waiting_for(operator_of(request)) if may_conclude else 0
        extra = {"may_conclude": may_conclude, "waiting_count": count}
        return super().changelist_view(request, {**(extra_context or {}), **extra})


@admin.register(WeeklyAllowance)
class WeeklyAllowanceAdmin(ReadOnlyAdmin):
    """The cents that each creator has requested in each week."""

    list_display = ("creator", "week", "used", "limit")
    list_select_related = ("creator",)
    search_fields = ("=creator__email",)
    search_help_text = "E-mail address"

    @admin.display(description="used", ordering="used_cents")
    def used(self, allowance: WeeklyAllowance) -> str:
        return usd(allowance.used_cents)

    @admin.display(description="maximum", ordering="limit_cents")
    def limit(self, allowance: WeeklyAllowance) -> str:
        return usd(allowance.limit_cents)


@admin.register(ProviderHour)
class ProviderHourAdmin(ReadOnlyAdmin):
    """Calls to payout providers by the hour, and those without a usable answer."""

    list_display = ("provider", "hour", "calls", "failures", "answered_at", "failed_at", "trouble")
    list_filter = ("provider",)
