"""Base classes of the operator's screens: bounded whole numbers, a reason for each change, read-only rows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from people.answers import see_other
from people.models import User
from people.operator_lists import OperatorList
from people.operator_units import WritesUnits, amount_field, amount_in_words, in_units
from people.refusals import Refusal
from people.text.counting import TypedField
from people.text.history import Change, changes_in_words
from people.text.visible import validate_visible

NOTHING_CHANGED = "Nothing changed"
MORE_THAN_HALF = "That is a change of more than half. Tick the box if it is meant."


def operator_of(request: HttpRequest) -> User:
    """Return the operator whose request it is: the admin's own checks let no stranger in."""
    return cast("User", request.user)


def in_words(value: Any) -> str:
    """Write the value of a field for the history. As keys, 0 == False and 1 == True, so only a bool is yes or no."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%-d %b %Y, %H:%M} UTC"
    # The value of a countries field is iterable, but neither list nor tuple.
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(str(item) for item in value) or "none"
    named = {True: "yes", False: "no"} if isinstance(value, bool) else {None: "none", "": "none"}
    return named.get(value, str(value))


def number_in_words(column: str, value: Any) -> str:
    """Write the value of a column for the history, an amount with its unit."""
    return amount_in_words(column, value) if type(value) is int else in_words(value)


def is_jump(before: int, after: int) -> bool:
    """Return whether a number changes by more than half: 5 to 7 doesn't, 5 to 8 does, 5 to 2 does."""
    return 2 * abs(after - before) > before


class AsksAgain(forms.Form):
    """A form that asks for a tick before a large change, with the change in words beside the box."""

    def ask_again(self, token: str, sentence: str, why: str = MORE_THAN_HALF) -> None:
        """Refuse the form unless the box for exactly this change was ticked. Call it from clean()."""
        if token in cast("QueryDict", self.data).getlist("confirmed"):
            return
        self.fields["confirmed"].widget = forms.CheckboxSelectMultiple(choices=[(token, f"Yes: {sentence}")])
        self.add_error("confirmed", why)

    def ask_to_type(self, words: str, sentence: str) -> None:
        """Refuse the form unless these words were typed. A tick is too easy for a change that costs money."""
        if (self.cleaned_data.get("typed") or "").strip() == words:
            return
        self.fields["typed"].widget = forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"})
        self.add_error("typed", f"{sentence} If it is meant, type: {words}")

    @staticmethod
    def box() -> forms.Field:
        return forms.Field(label="Sure?", required=False, widget=forms.MultipleHiddenInput)

    @staticmethod
    def line() -> forms.CharField:
        return forms.CharField(label="Type it", required=False, max_length=80, widget=forms.HiddenInput)


class ReasonForm(forms.ModelForm):
    """Changes to a row, with the reason that the history keeps."""

    operator: User
    reason = TypedField(
        max_length=200,
        validators=[validate_visible],
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Why you change this. Kept in the history beside your name.",
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if self.changed_fields() and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why. Nothing was saved.")
        return cleaned

    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name not in ("reason", "confirmed", "by_name")]


LOOKUPS_OF_LISTS = {"", "exact", "in", "isnull", "gte", "lt"}


def ending_of(model: type[models.Model] | None, lookup: str) -> str:
    """Return the part of a lookup after its fields: `gte` of `creator__id__gte`; "" of a field or a filter's name."""
    parts = lookup.split("__")
    if parts == [lookup]:
        return ""
    while parts and model:
        name = model._meta.pk.name if parts[0] == "pk" else parts[0]
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            break
        parts, model = parts[1:], field.related_model
    return "__".join(parts)


class OperatorAdmin(WritesUnits):
    """Lists without counts of the whole table, and fields of whole numbers that name their bounds."""

    # The name of the desk's page of one row, such as `person`.
    desk_page = ""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    empty_value_display = "–"

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return OperatorList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        """Return the row, or None. An id with a NUL has no row, and PostgreSQL would raise an error for it."""
        return None if "\x00" in object_id else super().get_object(request, object_id, from_field or None)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the lookups of the admin's own links. Others, such as `regex`, put an address's text into SQL."""
        return ending_of(self.model, lookup) in LOOKUPS_OF_LISTS and super().lookup_allowed(lookup, value, request)

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any], **options: Any
    ) -> HttpResponse | None:
        """Run the action on the ticked rows, or redirect with a message if a key can't be parsed.

        `options` are those of Django's own method, which has more of them from 6.1 on.
        """
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(key)
        except forms.ValidationError:
            messages.error(request, "The ticked rows could not be read. Nothing was changed; tick them again.")
            return see_other(request.get_full_path())
        return super().response_action(request, queryset, **options)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **options: Any) -> forms.Field | None:
        if isinstance(db_field, models.IntegerField) and not db_field.choices:
            return amount_field(db_field)
        if type(db_field) is models.CharField and not db_field.choices:
            options.setdefault("form_class", TypedField)
        return super().formfield_for_dbfield(db_field, request, **options)


class ReasonedAdmin(OperatorAdmin):
    """Rows that may be edited and never deleted. The history has author, change and reason of each edit."""

    form = ReasonForm
    unsaid: tuple[str, ...] = ("reason", "confirmed")

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **options: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **options)
        form.operator = operator_of(request)  # type: ignore[attr-defined]
        return form

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any] | tuple[Any, ...]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(name, {**options, "fields": self._of_the_row(options["fields"])}) for name, options in fieldsets]

    def _of_the_row(self, fields: Iterable[Any]) -> list[Any]:
        """Return the fields that are columns of the model: a read-only page needs no field for a reason."""
        return [name for name in fields if name not in self.form.declared_fields or self._is_column(name)]

    def _is_column(self, name: str) -> bool:
        return name in {field.name for field in self.opts.fields}

    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: forms.ModelForm, formsets: Iterable[Any], add: bool = False
    ) -> str:
        reason = form.cleaned_data.get("reason") or typed_reason(request)
        said = self.describe_change(form, add=add)
        if add:
            said = "Added" if said == NOTHING_CHANGED else f"Added; {said}"
        return f"{said}. Reason: {reason}"

    def describe_change(self, form: forms.ModelForm, *, add: bool = False) -> str:
        """Return each changed field with its value before and after; of a new row each field that has a value."""
        changes = []
        for name, field in form.fields.items():
            before, after = in_words(None if add else form.initial.get(name)), in_words(form.cleaned_data.get(name))
            if name not in self.unsaid and (before != after if add else name in form.changed_data):
                changes.append(Change(str(field.label or name), before, after))
        return changes_in_words(changes) or NOTHING_CHANGED

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(OperatorAdmin):
    """Read-only rows for operators with the view permission."""

    actions: Sequence[str] | None = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    """Read-only rows under their owner's row."""

    template = "admin/read_only_rows.html"
    extra = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        return in_units(self.model, super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        return in_units(self.model, super().get_readonly_fields(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def typed_reason(request: HttpRequest) -> str:
    """Return the posted reason without NULs, which PostgreSQL can't store, cut to 200 characters."""
    return request.POST.get("reason", "").replace("\x00", "").strip()[:200]


def reason_of(request: HttpRequest) -> str:
    """Return the reason typed beside a list's action; raise Refusal if it is empty."""
    reason = typed_reason(request)
    if not reason:
        raise Refusal("Say why, in the field Reason. Nothing was changed.")
    return reason


class ReasonActionForm(ActionForm):
    """The bar above a list: the action and its reason."""

    reason = TypedField(max_length=200, validators=[validate_visible], required=False, label="Reason:")


class ReasonActionAdmin(ReadOnlyAdmin):
    """Read-only rows with actions on the ticked ones. Each action needs a reason, which the history keeps."""

    action_form = ReasonActionForm

    def do_with_reason(
        self, request: HttpRequest, rows: QuerySet[Any], do: Callable[[Any, str], bool], *, done: str, before: str
    ) -> None:
        """Call `do(row, reason)` for each row. It returns whether it changed the row; log these, and show the count."""
        try:
            reason = reason_of(request)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return
        acted = 0
        for row in rows:
            if do(row, reason):
                self.log_change(request, row, f"{done}. Reason: {reason}")
                acted += 1
        messages.success(request, f"{done}: {acted}. {before}: {len(rows) - acted}.")
