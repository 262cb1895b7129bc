"""Screens for dated rows. A new row needs a reason, an announced row may be withdrawn, and no row is edited."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.messages.storage.base import BaseStorage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.timezone import localtime

from people.operator import (
    NOTHING_CHANGED,
    AsksAgain,
    OperatorAdmin,
    ReasonedAdmin,
    ReasonForm,
    in_words,
    is_jump,
    operator_of,
    typed_reason,
)
from people.text.history import Change, changes_in_words
from wallet.dated import DatedRow

Row = TypeVar("Row", bound=DatedRow)
FURTHEST_DAYS = 2 * 365
A_MOMENT = timedelta(minutes=5)


def moment_in_words(moment: datetime) -> str:
    """Write a moment with its zone: 23 Nov 2026, 10:00 UTC."""
    return f"{localtime(moment):%-d %b %Y, %H:%M %Z}"


def moment_from_now_on(moment: datetime | None) -> datetime:
    """Return the moment, or now if it is empty or passed within A_MOMENT. Raise ValidationError for any other."""
    now = timezone.now()
    if moment is None or now - A_MOMENT <= moment < now:
        return now
    if moment < now:
        raise forms.ValidationError("It can't count from a moment that has passed. Leave it empty for now.")
    if moment > now + timedelta(days=FURTHEST_DAYS):
        raise forms.ValidationError("It can't be announced more than two years ahead.")
    return moment


def labelled_moment() -> AdminSplitDateTime:
    """Return Django's pair of inputs for date and time, each with a label for screen readers."""
    widget = AdminSplitDateTime()
    for part, name in zip(widget.widgets, ("Date", "Time"), strict=True):
        part.attrs["aria-label"] = name
    return widget


class MomentField(forms.SplitDateTimeField):
    """A date and a time, or neither. A date alone is its 00:00 UTC."""

    WITHOUT_TIME = "A date without a time is 00:00 UTC."

    def __init__(self, *, help_text: str, **options: Any) -> None:
        words = f"{help_text} {self.WITHOUT_TIME}"
        super().__init__(required=False, widget=labelled_moment(), help_text=words, **options)

    def compress(self, data_list: tuple[date | None, time | None] | None) -> datetime | None:
        day, at = data_list or (None, None)
        if day and at is None:
            return datetime.combine(day, time.min, UTC)
        return super().compress(cast("tuple[date, time] | None", data_list))


class DatedForm(AsksAgain, forms.ModelForm, Generic[Row]):
    """A new dated row. If a `watched` field changes by more than half, the form asks for a tick."""

    watched: tuple[str, ...] = ()
    starts_at = MomentField(
        label="Counts from", help_text="Leave it empty for now. A later moment is announced on the public page."
    )
    confirmed = AsksAgain.box()

    def clean_starts_at(self) -> datetime:
        return moment_from_now_on(self.cleaned_data.get("starts_at"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        before = self.row_before(cleaned["starts_at"])
        if before and self.is_large(before, cleaned):
            token = "-".join(str(cleaned[name]) for name in self.watched)
            self.ask_again(token, self.effect(before, cleaned))
        return cleaned

    def is_large(self, before: Row, after: dict[str, Any]) -> bool:
        """Return whether the form must ask for a tick before it saves the change."""
        return any(is_jump(getattr(before, name), after[name]) for name in self.watched)

    def row_before(self, moment: datetime) -> Row | None:
        """Return the row that counts until the moment, or None."""
        return self._meta.model.objects.started(moment).first()

    def effect(self, before: Row, after: dict[str, Any]) -> str:
        """Return a sentence with the value before, the value after, and the moment of the change."""
        raise NotImplementedError


class PricedForm(AsksAgain, ReasonForm):
    """A row whose price and offer are dated: a price from a moment on, and the moment from which it is retired."""

    # The form's field of the new price; its unit, which is also the column of the price model.
    price_field, unit = "", ""
    new_from = MomentField(label="Counts from", help_text="Leave it empty for now.")
    retired_at = MomentField(label="Retired from", help_text="Empty it to offer it again.")
    by_name = forms.BooleanField(
        required=False, label="Show my name", help_text="In the public history. Else it says “an operator”."
    )
    confirmed = AsksAgain.box()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields.get(self.price_field)
        if price and self.instance.pk is None:
            price.required = True
            price.help_text = "What it costs from the start."

    def clean_retired_at(self) -> datetime | None:
        moment, now = self.cleaned_data.get("retired_at"), timezone.now()
        if "retired_at" not in self.changed_data:
            return self.initial.get("retired_at")
        if moment and moment < now - A_MOMENT:
            raise forms.ValidationError("Nothing can be retired from a moment that has passed. Take now or later.")
        return moment and max(moment, now)

    def clean_new_from(self) -> datetime:
        return moment_from_now_on(self.cleaned_data.get("new_from"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        price, moment = cleaned.get(self.price_field), cleaned.get("new_from")
        if price and moment:
            self._refuse_price(price, moment)
        elif self.data.get("new_from_0") and not self.errors:
            self.add_error(self.price_field, f"Type the {self.unit} it costs from then on.")
        return cleaned

    def why_no_price(self, price: int, moment: datetime) -> None:
        """Raise ValidationError if other rows forbid the price."""

    def _refuse_price(self, price: int, moment: datetime) -> None:
        try:
            self.why_no_price(price, moment)
        except forms.ValidationError as error:
            self.add_error(self.price_field, error)
            return
        if self.instance.pk is None:
            return
        if self.instance.prices.filter(starts_at=moment).exists():
            self.add_error(
                "new_from", "A price is announced for this moment. Withdraw it first, or take another moment."
            )
        row = self.instance.prices.started(moment).first()
        before = row and getattr(row, self.unit)
        if before and is_jump(before, price):
            words = f"from {before:,} to {price:,} {self.unit}, from {moment_in_words(moment)} on"
            self.ask_again(f"{before}-{price}", words)

    def said(self) -> dict[str, Any]:
        """Return the operator, the reason and how the operator appears, as arguments for a dated row's verb."""
        return {"by": self.operator, "reason": self.cleaned_data["reason"], "by_name": self.cleaned_data["by_name"]}


class SaysOnceAdmin(OperatorAdmin):
    """A save that save_model() confirms in exact words has no second, general message."""

    def message_user(  # type: ignore[override]
        self, request: HttpRequest, message: str, level: int | str = messages.INFO, *rest: Any, **options: Any
    ) -> None:
        already = cast("BaseStorage", messages.get_messages(request)).added_new
        if level != messages.SUCCESS or not already:
            super().message_user(request, message, level, *rest, **options)


class PricedAdmin(SaysOnceAdmin, ReasonedAdmin):
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
        before = f"{getattr(row, unit):,} {unit}" if row else "none"
        words = changes_in_words([Change("Price", before, f"{price:,} {unit} from {moment_in_words(moment)}")])
        return words if said == NOTHING_CHANGED else f"{said}; {words}"

    @admin.display(description="offered so far")
    def offers_so_far(self, row: Any) -> str:
        """Return the dated rows that retired or offered it again, one a line, as on the public page."""
        lines = [
            f"{moment_in_words(offer.starts_at)}: {offer.in_words}. {offer.reason_given} ({offer.author})"
            for offer in row.offers.select_related("set_by")
        ]
        return "\n".join(lines) or "Always"


class DatedAdmin(SaysOnceAdmin):
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
        return [name for name in fields if name != "confirmed"] + (["confirmed"] if obj is None else ["set_by"])

    def get_readonly_fields(self, request: HttpRequest, obj: DatedRow | None = None) -> tuple[str, ...]:
        return ("set_by",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: DatedRow | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DatedRow | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and obj.starts_at > timezone.now()

    def save_model(self, request: HttpRequest, obj: DatedRow, form: DatedForm[DatedRow], change: bool) -> None:
        before = form.row_before(obj.starts_at)
        obj.set_by = operator_of(request)
        super().save_model(request, obj, form, change)
        if before:
            messages.warning(request, capfirst(form.effect(before, form.cleaned_data)))

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
            (str(field.label), in_words(getattr(before, name, None)), in_words(getattr(row, name)))
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
