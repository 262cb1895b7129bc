"""The operator's screens for coins and the books. The books are there to look at: nobody edits a balance."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import path

from people.operator import ReadOnlyAdmin, ReadOnlyInline, ReasonedAdmin, SearchesById
from wallet import ledger
from wallet.books import CHECKS, check_books
from wallet.models import Account, CoinPackage, PaymentEvent, Recharge, RechargeStep, Transfer


@admin.register(CoinPackage)
class CoinPackageAdmin(ReasonedAdmin):
    """Packages may change their price; what was bought keeps what it was sold as."""

    list_display = ("slug", "coins", "price", "is_offered")
    list_filter = ("is_offered",)
    fields = ("slug", "coins", "cents", "is_offered", "reason")

    @admin.display(description="price", ordering="cents")
    def price(self, package):
        return f"${package.cents // 100:,}.{package.cents % 100:02d}"

    def get_readonly_fields(self, request, obj=None):
        return ("slug",) if obj else ()


class RechargeSteps(ReadOnlyInline):
    model = RechargeStep
    fields = ("at", "status", "by", "why")
    readonly_fields = fields


@admin.register(Recharge)
class RechargeAdmin(SearchesById, ReadOnlyAdmin):
    """Recharges with their steps and what the payment provider said about each."""

    list_display = ("id", "user", "coins", "cents", "provider", "method", "status", "started_at")
    list_select_related = ("user",)
    list_filter = ("status", "provider")
    search_fields = ("=payment_id", "=user__email")
    search_help_text = "Recharge id, the provider's payment id, or an e-mail address"
    inlines = (RechargeSteps,)
    readonly_fields = ("messages",)

    @admin.display(description="messages of the provider")
    def messages(self, recharge):
        events = PaymentEvent.objects.filter(provider=recharge.provider, body__contains=str(recharge.pk))[:20]
        return "\n".join(
            f"{event.received_at:%-d %b %Y, %H:%M} UTC, {event.event_id}: {event.outcome}" for event in events
        )


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    """Signed messages of payment providers, as they came."""

    list_display = ("event_id", "provider", "outcome", "received_at")
    list_filter = ("provider",)
    search_fields = ("=event_id",)
    search_help_text = "The provider's event id"


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts by name. The balance of one without a carried balance is the sum of its transfers."""

    list_display = ("name", "unit", "kind", "owner", "balance")
    list_select_related = ("owner",)
    list_filter = ("unit", "kind")
    search_fields = ("=name", "=owner__email")
    search_help_text = "Account name, such as coins:user:7, or an e-mail address"
    ordering = ("name",)
    fields = ("name", "unit", "kind", "owner", "balance_now", "latest")
    readonly_fields = ("balance_now", "latest")

    @admin.display(description="balance")
    def balance_now(self, account):
        return f"{ledger.balance(account):,}"

    @admin.display(description="latest transfers")
    def latest(self, account):
        rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))[:20]
        return "\n".join(f"{row.created_at:%-d %b %Y, %H:%M} UTC  {row}" for row in rows) or "none yet"


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Every move of every coin, diamond and cent. Wrong ones are answered by their reverse, in code."""

    list_display = ("id", "created_at", "debit_id", "credit_id", "amount", "reason", "reference")
    list_filter = ("reason",)
    search_fields = ("reference",)
    search_help_text = (
        "Reference (the id of a recharge, tap, live or withdrawal) or an account name, such as coins:user:7"
    )
    change_list_template = "admin/wallet/transfer/change_list.html"

    def get_search_results(self, request, queryset, search_term):
        """An index answers each: of references, or of an account's two sides. Nothing walks through the whole table."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        if ":" in term:
            return queryset.filter(Q(debit=term) | Q(credit=term)), False
        try:
            return queryset.filter(reference=UUID(term)), False
        except ValueError:
            return queryset.none(), False

    def get_urls(self):
        check = path("check/", self.admin_site.admin_view(self.check_view), name="wallet_transfer_check")
        return [check, *super().get_urls()]

    def check_view(self, request):
        """Recompute every balance and invariant when asked to, and show each discrepancy."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "Check the books", "opts": self.opts}
        context["checks"] = len(CHECKS)
        if request.method == "POST":
            context["discrepancies"], context["checked"] = check_books(), True
        return TemplateResponse(request, "admin/wallet/transfer/check.html", context)
