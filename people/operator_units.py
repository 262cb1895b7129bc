"""Whole numbers of a row as the operator reads and types them: with their unit, and cents and micros as dollars."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest

from people.text.numbers import DollarsField, ExactDollarsField, WholeNumberField, in_dollars, in_exact_dollars

UNITS = ("coins", "diamonds", "points")
# The names of columns say cents and micros; an amount that is written in dollars needs others.
IN_DOLLARS = {
    ", in cents": "",
    " in cents": "",
    "so many cents": "this amount",
    "millionths of a dollar per": "dollars per",
}
# Under a field of dollars.
HINTS = {"cents": "In dollars.", "micros": "In dollars, with at most six decimals."}

FIELDS = {"cents": DollarsField, "micros": ExactDollarsField}


def unit_of(column: str) -> str:
    """Return the unit that the name of a column ends with: cents of minimum_cents."""
    return column.rsplit("_", 1)[-1]


def amount_field(db_field: models.IntegerField) -> WholeNumberField | DollarsField:
    """Return a field with the name, words and bounds of a model's integer field: of dollars for cents and micros."""
    limits = {
        kind: [validator.limit_value for validator in db_field.validators if isinstance(validator, kind)]
        for kind in (MinValueValidator, MaxValueValidator)
    }
    unit = unit_of(db_field.name)
    return FIELDS.get(unit, WholeNumberField)(
        least=max([0, *limits[MinValueValidator]]),
        most=min([2**63 - 1, *limits[MaxValueValidator]]),
        label=label_of(db_field).capitalize(),
        help_text=" ".join(filter(None, [HINTS.get(unit), "" if unit == "micros" else str(db_field.help_text)])),
        required=not db_field.blank,
        initial=db_field.default if db_field.has_default() else None,
    )


def label_of(db_field: models.Field) -> str:
    """Return the name of a column as an operator reads it, of cents and micros without their unit."""
    label = str(db_field.verbose_name)
    for words, in_dollars_words in IN_DOLLARS.items():
        label = label.replace(words, in_dollars_words)
    return label


def amount_in_words(column: str, amount: int) -> str:
    """Write an amount of a column: cents 1000 → $10.00; coins 1000 → 1,000 coins; gifts 1000 → 1,000."""
    unit = unit_of(column)
    if unit == "cents":
        return in_dollars(amount)
    if unit == "micros":
        return in_exact_dollars(amount)
    if unit in UNITS:
        return f"{amount:,} {unit[:-1] if amount == 1 else unit}"
    return f"{amount:,}"


def in_units(model: type[models.Model], names: Iterable[Any]) -> list[Any]:
    """Return the names of columns, those of whole numbers as functions that write them with their unit."""
    return [_shown(model, name) if isinstance(name, str) and _is_amount(model, name) else name for name in names]


def _is_amount(model: type[models.Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.IntegerField) and not field.primary_key and not field.choices


@cache
def _shown(model: type[models.Model], column: str) -> Callable[[Any], str]:
    """Return the function of a column. The admin compares them, so one column has one function."""

    def shown(row: Any) -> str:
        amount = getattr(row, column)
        return "–" if amount is None else amount_in_words(column, amount)

    label = label_of(cast("models.Field", model._meta.get_field(column)))
    shown.__name__ = column
    return admin.display(description="amount" if label == "cents" else label, ordering=column)(shown)


class WritesUnits(admin.ModelAdmin):
    """Lists and read-only pages whose whole numbers have separators and units. A list as CSV keeps bare numbers."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = super().get_list_display(request)
        return [name if name in self.list_editable else in_units(self.model, [name])[0] for name in names]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any] | tuple[Any, ...]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(name, {**options, "fields": in_units(self.model, options["fields"])}) for name, options in fieldsets]
