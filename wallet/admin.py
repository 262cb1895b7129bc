"""The operator's screens for coins and the books. The screens of the books are read-only."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from people.models import User
from people.operator import ReadOnlyAdmin, ReadOnlyInline
from people.operator_lists import ExportsCsv, SearchesById, above_filter, since_filter
from people.text.numbers import in_dollars
from wallet.accounts import name_of
from wallet.age_admin import AgeTermsAdmin
from wallet.books import CHECKS
from wallet.checking import check_and_note
from wallet.dated_admin import DatedAdmin, PricedAdmin
from wallet.dated_forms import DatedForm
from wallet.dated_words import Sentences, differences
from wallet.models import (
    AgeTerms,
    BooksCheck,
    CoinPackage,
    PackagePrice,
    PaymentEvent,
    Recharge,
    RechargeStep,
    RechargeTerms,
    Transfer,
)
from wallet.moments import moment_in_words
from wallet.package_forms import PackageForm
from wallet.packages import TooCheap, priced_packages, retire_package, set_package_price, why_too_cheap

EXACT_SENTENCES: Sentences = {
    "exact_from_coins": ("an exact amount will be at least {} coins instead of {}", "{:,}".format),
    "exact_to_coins": ("an exact amount will be at most {} coins instead of {}", "{:,}".format),
}
admin.site.register(AgeTerms, AgeTermsAdmin)


class PackagePrices(ReadOnlyInline):
    """Past, current and announced prices of the package; an announced one is withdrawn on its own page."""

    model = PackagePrice
    fields = readonly_fields = ("cents", "starts_at", "set_by", "reason_given")
    show_change_link = True
    verbose_name_plural = "prices, the newest first"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PackagePrice]:
        return super().get_queryset(request).select_related("set_by")


@admin.register(CoinPackage)
class CoinPackageAdmin(PricedAdmin):
    """Packages get a new price or are retired; recharges keep their own coins and cents."""

    form = PackageForm
    unsaid = (*PricedAdmin.unsaid, "new_cents", "typed")
    list_display = ("slug", "coins", "price", "price_next", "offered")
    inlines = (PackagePrices,)
    fieldsets = (
        (None, {"fields": ("slug", "coins")}),
        ("Set a price", {"fields": ("new_cents", "new_from")}),
        ("Retire", {"fields": ("retired_at", "offers_so_far"), "description": "What was bought stays as it was."}),
        ("Why", {"fields": ("reason", "by_name"), "description": "Date and reason stand in the public history."}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoinPackage]:
        return priced_packages()

    @admin.display(description="price", ordering="cents")
    def price(self, package: CoinPackage) -> str | None:
        return in_dollars(package.cents) if package.cents else None

    @admin.display(description="price next")
    def price_next(self, package: CoinPackage) -> str | None:
        if package.next_cents is None or package.next_from is None:
            return None
        return f"{in_dollars(package.next_cents)} from {moment_in_words(package.next_from)}"

    @admin.display(description="offered", boolean=True)
    def offered(self, package: CoinPackage) -> bool:
        return package.is_offered

    def get_readonly_fields(self, request: HttpRequest, obj: CoinPackage | None = None) -> tuple[str, ...]:
        return ("slug", "coins", "offers_so_far") if obj else ("offers_so_far",)

    def save_model(self, request: HttpRequest, obj: CoinPackage, form: PackageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "retired_at" in form.changed_data:
            retire_package(obj, form.cleaned_data["retired_at"], **form.said())
        if cents := form.cleaned_data.get("new_cents"):
            moment = form.cleaned_data["new_from"]
            set_package_price(obj, cents, starts_at=moment, **form.said())
            messages.info(request, f"{obj} cost {in_dollars(cents)} from {moment_in_words(moment)} on.")


@admin.register(PackagePrice)
class PackagePriceAdmin(DatedAdmin):
    """All past, current and announced prices. The package's page sets a new one."""

    list_display = ("package", "cents", "starts_at", "state", "set_by", "reason_given")
    list_select_related = ("package", "set_by")
    search_fields = ("package__slug",)
    fields = ("package", "cents", "starts_at", "reason_given", "by_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PackagePrice]:
        return super().get_queryset(request).select_related("package")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse to withdraw an announced price if the price before it would cost the platform money from then on."""
        price = cast("PackagePrice | None", self.get_object(request, object_id))
        if request.method == "POST" and price and (loss := _why_not_without(price)):
            words = f"Without it: {loss.sentence} Announce another price for then first. Nothing was changed."
            messages.error(request, words)
            return HttpResponseRedirect(request.get_full_path())
        return super().delete_view(request, object_id, extra_context)


def _why_not_without(price: PackagePrice) -> TooCheap | None:
    """Return why the price before this one, which would count on, costs the platform money, or None."""
    before = price.package.prices.started(price.starts_at).exclude(pk=price.pk).first()
    if before is None:
        return None
    return why_too_cheap(PackagePrice(package=price.package, cents=before.cents, starts_at=price.starts_at))


class RechargeTermsForm(DatedForm[RechargeTerms]):
    watched = ("exact_from_coins", "exact_to_coins")

    def clean(self) -> dict[str, Any]:
        least, most = self.cleaned_data.get("exact_from_coins"), self.cleaned_data.get("exact_to_coins")
        if least and most and least > most:
            self.add_error("exact_from_coins", f"The least can't be above the most, {most:,}.")
        return super().clean()

    def effect(self, before: RechargeTerms, after: dict[str, Any]) -> str:
        said = ", ".join(differences(before, after, EXACT_SENTENCES)) or "nothing differs from the terms before"
        return f"{said}, from {moment_in_words(after['starts_at'])}."

    def in_short(self, after: dict[str, Any]) -> str:
        return "these terms of recharges"


@admin.register(RechargeTerms)
class RechargeTermsAdmin(DatedAdmin):
    """The least and the most coins of an exact amount."""

    form = RechargeTermsForm
    list_display = ("exact_from_coins", "exact_to_coins", "starts_at", "state", "set_by", "reason_given")
    fields = ("starts_at", "exact_from_coins", "exact_to_coins", "reason_given", "by_name")


class RechargeSteps(ReadOnlyInline):
    model = RechargeStep
    fields = ("at", "status", "by", "why")
    readonly_fields = fields


class ToLookAt(admin.SimpleListFilter):
    """Recharges whose provider said what doesn't fit."""

    title = "to look at"
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("1", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Recharge]) -> QuerySet[Recharge]:
        return queryset.filter(checkout__attention__gt="") if self.value() == "1" else queryset


@admin.register(Recharge)
class RechargeAdmin(ExportsCsv, SearchesById, ReadOnlyAdmin):
    """Recharges with their steps and the payment provider's messages."""

    desk_page = "recharge"

    list_display = ("what", "user", "cost", "status", "started_at", "method", "provider")
    list_select_related = ("user",)
    list_filter = (
        *("status", ToLookAt, since_filter("started_at"), above_filter("cents", 10_00, 50_00, 100_00)),
        "provider",
    )
    search_fields = ("=payment_id", "=user__email")
    search_help_text = "Recharge id, the provider's payment id, or an e-mail address"
    inlines = (RechargeSteps,)
    readonly_fields = ("messages",)

    @admin.display(description="coins", ordering="coins")
    def what(self, recharge: Recharge) -> str:
        return f"{recharge.coins:,}"

    @admin.display(description="price", ordering="cents")
    def cost(self, recharge: Recharge) -> str:
        return in_dollars(recharge.cents)

    @admin.display(description="messages of the provider")
    def messages(self, recharge: Recharge) -> str:
        events = PaymentEvent.objects.filter(about=recharge.pk)[:20]
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


@admin.register(Transfer)
class TransferAdmin(ExportsCsv, ReadOnlyAdmin):
    """Every transfer of coins, diamonds and cents. ledger.reverse() corrects a wrong one."""

    list_display = ("when", "amount", "unit", "giver", "taker", "reason")
    list_select_related = ("debit__owner", "credit__owner")
    list_filter = ("reason", since_filter("created_at"))
    search_fields = ("reference",)
    search_help_text = (
        "Reference (the id of a recharge, tap, live or withdrawal) or an account name, such as coins:user:7"
    )
    change_list_template = "admin/wallet/transfer/change_list.html"

    @admin.display(description="when", ordering="id")
    def when(self, transfer: Transfer) -> datetime:
        return transfer.created_at

    @admin.display(description="of")
    def unit(self, transfer: Transfer) -> str:
        return f"{transfer.debit.unit}s"

    @admin.display(description="from")
    def giver(self, transfer: Transfer) -> str:
        return name_of(transfer.debit)

    @admin.display(description="to")
    def taker(self, transfer: Transfer) -> str:
        return name_of(transfer.credit)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transfer], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by reference or by account name. Each uses an index; no search scans the whole table."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        if ":" in term:
            return queryset.filter(Q(debit=term) | Q(credit=term)), False
        try:
            return queryset.filter(reference=UUID(term)), False
        except ValueError:
            return queryset.none(), False

    def get_urls(self) -> list[URLPattern]:
        check = path("check/", self.admin_site.admin_view(self.check_view), name="wallet_transfer_check")
        return [check, *super().get_urls()]

    def check_view(self, request: HttpRequest) -> TemplateResponse:
        """Show the check of the books; a POST checks them, keeps the result and shows each discrepancy."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "Check the books", "opts": self.opts}
        context["checks"] = len(CHECKS)
        if request.method == "POST":
            found = check_and_note(by=cast("User", request.user).email)
            context["discrepancies"], context["checked"] = found, True
        return TemplateResponse(request, "admin/wallet/transfer/check.html", context)


@admin.register(BooksCheck)
class BooksCheckAdmin(ReadOnlyAdmin):
    """Checks of the books in the last 90 days: the worker's each hour, and those that operators asked for."""

    list_display = ("checked_at", "__str__", "by")
    list_filter = ("by",)
