"""Screens for dated rows. A new row needs a reason, an announced row may be withdrawn, and no row is edited."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.messages.storage.base import BaseStorage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import capfirst

from people.operator import (
    NOTHING_CHANGED,
    OperatorAdmin,
    ReasonedAdmin,
    number_in_words,
    operator_of,
    typed_reason,
)
from people.operator_units import amount_in_words
from people.shown_first import ShownFirst, ShownFirstAdmin
from people.text.history import Change, changes_in_words
from wallet.dated import DatedRow
from wallet.dated_forms import DatedForm, PricedForm
from wallet.moments import moment_in_words


class SaysOnceAdmin(OperatorAdmin):
    """A save that save_model() confirms in exact words has no second, general message."""

    def message_user(  # type: ignore[override]
        self, request: HttpRequest, message: str, level: int | str = messages.INFO, *rest: Any, **options: Any
    ) -> None:
        already = cast("BaseStorage", messages.get_messages(request)).added_new
        if level != messages.SUCCESS or not already:
            super().message_user(request, message, level, *rest, **options)


class PricedAdmin(ShownFirstAdmin, SaysOnceAdmin, ReasonedAdmin):
    """Rows with a PricedForm. They are never deleted, and no price is edited."""

    form: type[PricedForm]
    unsaid: tuple[str, ...] = ("reason", "confirmed", "by_name", "new_from")

    def describe_change(self, form: forms.ModelForm, *, add: bool = False) -> str:
        said, price = super().describe_change(form, add=add), form.cleaned_data.get(self.form.price_field)
        if not price:
            return said
        moment, unit = form.cleaned_data["new_from"], self.form.unit
        # The new price is saved by now, so the price before it is the one that had started earlier.
        row = form.instance.prices.started(moment).exclude(starts_at=moment).first()
        before = amount_in_words(unit, getattr(row, unit)) if row else "none"
        after = f"{amount_in_words(unit, price)} from {moment_in_words(moment)}"
        words = changes_in_words([Change("Price", before, after)])
        return words if said == NOTHING_CHANGED else f"{said}; {words}"

    @admin.display(description="offered so far")
    def offers_so_far(self, row: Any) -> str:
        """Return the dated rows that retired or offered it again, one a line, as on the public page."""
        lines = [
            f"{moment_in_words(offer.starts_at)}: {offer.in_words}. {offer.reason_given} ({offer.author})"
            for offer in row.offers.select_related("set_by")
        ]
        return "\n".join(lines) or "Always"


class DatedAdmin(ShownFirstAdmin, SaysOnceAdmin):
    """Rows that can be added, and deleted until they count."""

    actions = None
    list_select_related: ClassVar[tuple[str, ...]] = ("set_by",)
    delete_confirmation_template = "admin/withdraw_announcement.html"

    def state(self, row: DatedRow) -> str:
        return "Announced" if row.starts_at > timezone.now() else "Counts, or has counted"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new row with the numbers of the row that counts now."""
        row = self.model.objects.started().first()
        columns = {field.name for field in self.opts.fields} - {field.name for field in DatedRow._meta.fields} - {"id"}
        now = {name: getattr(row, name) for name in columns} if row else {}
        return {**now, **super().get_changeform_initial_data(request)}

    def get_form(
        self, request: HttpRequest, obj: DatedRow | None = None, change: bool = False, **options: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **options)
        if obj is None and (row := self.model.objects.started().first()) and "starts_at" in form.base_fields:
            form.base_fields["reason_given"].help_text = f"Shown in the public history. Now: {row}."
        return form

    def get_fields(self, request: HttpRequest, obj: DatedRow | None = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in ShownFirst.asking] + ([] if obj is None else ["set_by"])

    def get_readonly_fields(self, request: HttpRequest, obj: DatedRow | None = None) -> tuple[str, ...]:
        return ("set_by",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: DatedRow | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DatedRow | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and obj.starts_at > timezone.now()

    def save_model(self, request: HttpRequest, obj: DatedRow, form: DatedForm[DatedRow], change: bool) -> None:
        obj.set_by = operator_of(request)
        super().save_model(request, obj, form, change)
        if form.before:
            messages.warning(request, capfirst(form.effect(form.before, form.cleaned_data)))

    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> str:
        row = form.instance
        said = "; ".join(filter(None, [f"Announced: {row}", changes_in_words(self._numbers_changed(form))]))
        return f"{said}. Reason: {row.reason_given}"

    def _numbers_changed(self, form: forms.ModelForm) -> list[Change]:
        """Return the numbers of a new row that differ from the row before it."""
        row, now = form.instance, form.instance.starts_at
        before = type(row).objects.started(now).exclude(pk=row.pk).first()
        columns = {field.name for field in self.opts.fields} - {field.name for field in DatedRow._meta.fields}
        pairs = [
            (
                str(field.label),
                number_in_words(name, getattr(before, name, None)),
                number_in_words(name, getattr(row, name)),
            )
            for name, field in form.fields.items()
            if name in columns
        ]
        return [Change(*pair) for pair in pairs if pair[1] != pair[2]]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and not typed_reason(request):
            messages.error(request, "Say why it is withdrawn. Nothing was changed.")
            return HttpResponseRedirect(request.get_full_path())
        return super().delete_view(request, object_id, extra_context)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return LogEntry.objects.log_actions(
            user_id=operator_of(request).pk,
            queryset=queryset,
            action_flag=DELETION,
            change_message=f"Withdrawn before it counted. Reason: {typed_reason(request)}",
        )
