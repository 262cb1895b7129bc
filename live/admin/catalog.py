"""The gift catalog: pictures, names, order, dated prices, retirement, and import and export as CSV."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from import_export.admin import ImportExportModelAdmin

from live.admin.gift_forms import GiftForm, GiftRowForm, GiftRows
from live.admin.gift_import import GiftConfirmForm, GiftImportForm, GiftResource, Shelf, SpreadsheetCSV, changes_of
from live.gifts.art import art_url
from live.gifts.catalog import retire_gift, set_price, with_prices
from live.models import Gift, GiftPrice
from payouts import worth
from payouts.money import coins_usd
from people.operator import MORE_THAN_HALF, ReadOnlyInline
from wallet.dated_admin import DatedAdmin, PricedAdmin
from wallet.models import CoinRate
from wallet.moments import moment_in_words


class PriceHistory(ReadOnlyInline):
    """The past and announced prices of a gift; an announced one is deleted on its own page."""

    model = GiftPrice
    fields = readonly_fields = ("coins", "starts_at", "set_by", "reason_given")
    show_change_link = True
    verbose_name_plural = "prices, the newest first"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GiftPrice]:
        return super().get_queryset(request).select_related("set_by")


@admin.register(Gift)
class GiftAdmin(ImportExportModelAdmin, PricedAdmin):
    form = GiftForm
    unsaid = (*PricedAdmin.unsaid, "new_coins", "picture")
    actions = None
    list_display = ("picture", "name", "price_now", "price_next", "order", "state")
    list_display_links = ("picture", "name")
    list_editable = ("order",)
    search_fields = ("name", "slug")
    ordering = (F("retired_at").asc(nulls_first=True), "order", "id")
    inlines = (PriceHistory,)
    fieldsets = (
        (None, {"fields": ("slug", "name", "order")}),
        ("Picture", {"fields": ("picture", "art")}),
        ("Set a price", {"fields": ("new_coins", "new_from")}),
        (
            "Retire",
            {
                "fields": ("retired_at", "offers_so_far"),
                "description": "A gift is never deleted: what was sent refers to it.",
            },
        ),
        ("Why", {"fields": ("reason", "by_name"), "description": "Date and reason stand in the public history."}),
    )

    # CSV
    resource_classes = (GiftResource,)
    formats = (SpreadsheetCSV,)
    import_form_class = GiftImportForm
    confirm_form_class = GiftConfirmForm
    import_export_change_list_template = "admin/live/gift/change_list.html"
    import_template_name = "admin/live/gift/import.html"
    skip_export_form = True
    tmp_storage_class = Shelf

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gift]:
        coin = CoinRate.objects.started().values("micros")[:1]
        gifts = with_prices(super().get_queryset(request))
        return gifts.annotate(coin_micros=Subquery(coin))  # type: ignore[no-redef]

    @admin.display(description="picture")
    def picture(self, gift: Gift) -> str:
        return format_html('<img src="{}" alt="{}" width="40" height="40">', art_url(gift.art), gift.name)

    @admin.display(description="price now", ordering="coins")
    def price_now(self, gift: Gift) -> str | None:
        if gift.coins is None:
            return None
        dollars = coins_usd(gift.coins, worth.Rates(gift.coin_micros, 0))
        return f"{gift.coins:,} coin{'' if gift.coins == 1 else 's'} ({dollars})"

    @admin.display(description="price next")
    def price_next(self, gift: Gift) -> str | None:
        if gift.next_coins is None or gift.next_from is None:
            return None
        return f"{gift.next_coins:,} coins from {moment_in_words(gift.next_from)}"

    @admin.display(description="state")
    def state(self, gift: Gift) -> str:
        if gift.retired_at is None:
            return "Offered"
        if gift.retired_at > timezone.now():
            return f"Offered until {moment_in_words(gift.retired_at)}"
        return f"Retired on {moment_in_words(gift.retired_at)}"

    def get_readonly_fields(self, request: HttpRequest, obj: Gift | None = None) -> tuple[str, ...]:
        return ("slug", "offers_so_far") if obj else ("offers_so_far",)

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> type[forms.ModelForm]:
        return GiftRowForm

    def get_changelist_formset(self, request: HttpRequest, **options: Any) -> type[forms.BaseModelFormSet]:
        return super().get_changelist_formset(request, formset=GiftRows, **options)

    def save_model(self, request: HttpRequest, obj: Gift, form: GiftForm, change: bool) -> None:
        retired_at = form.cleaned_data.get("retired_at")
        if change and "retired_at" in form.changed_data:
            retire_gift(obj, retired_at, **form.said())
        super().save_model(request, obj, form, change)
        if not change and retired_at:
            retire_gift(obj, retired_at, **form.said())
        if coins := form.cleaned_data.get("new_coins"):
            moment = form.cleaned_data["new_from"]
            price = set_price(obj, coins, starts_at=moment, **form.said())
            messages.info(request, f"{price.gift.name} costs {coins:,} coins from {moment_in_words(moment)} on.")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        messages.warning(request, "A gift stays, because what was sent refers to it. Retire it instead.")
        return HttpResponseRedirect(reverse("admin:live_gift_change", args=[object_id]))

    # --- CSV --------------------------------------------------------------------------------------

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Gift]:
        return with_prices(Gift.objects.all()).order_by("order", "id")

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet[Gift], file_format: Any) -> str:
        return f"gifts-{timezone.now():%Y-%m-%d}.csv"

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        said = {name: form.cleaned_data[name] for name in ("reason", "by_name")}
        return {**said, "rollback_on_validation_errors": True, "ticked": form.cleaned_data.get("ticked")}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: forms.Form | None) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        said = {name: import_form.cleaned_data[name] for name in ("reason", "by_name")} if import_form else {}
        return {**initial, **said}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, self._why_not_imported(result))
            return HttpResponseRedirect(reverse("admin:live_gift_import"))
        for row in result.rows:
            if row.import_type in (row.IMPORT_TYPE_NEW, row.IMPORT_TYPE_UPDATE):
                said = f"Imported from CSV; {changes_of(row.instance)}. Reason: {request.POST['reason'][:200]}"
                self.log_change(request, row.instance, said)
        totals = result.totals
        words = f"{totals['new']} new, {totals['update']} changed, {totals['skip']} as they were."
        messages.success(request, f"The catalog was imported: {words}")
        return HttpResponseRedirect(reverse("admin:live_gift_changelist"))

    @staticmethod
    def _why_not_imported(result: Any) -> str:
        if not result.jumps:
            return "The catalog has changed since the preview. Nothing was imported: upload it again."
        jumps = "; ".join(map(str, result.jumps[:5]))
        return f"{MORE_THAN_HALF} Not ticked: {jumps}. Nothing was imported: upload it again."


@admin.register(GiftPrice)
class GiftPriceAdmin(DatedAdmin):
    """All past and announced prices. The gift's page sets a new one."""

    list_display = ("gift", "coins", "starts_at", "state", "set_by", "reason_given")
    list_select_related = ("gift", "set_by")
    search_fields = ("gift__name", "gift__slug")
    fields = ("gift", "coins", "starts_at", "reason_given", "by_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GiftPrice]:
        return super().get_queryset(request).select_related("gift")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
