"""Whole numbers of a row as the operator reads them: with separators, their unit, and cents and micros as dollars."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from people.text.numbers import in_dollars, in_exact_dollars

UNITS = ("coins", "diamonds", "points")
# The names of columns say cents and micros; an amount that is written in dollars needs others.
IN_DOLLARS = {", in cents": "", "so many cents": "this amount", "millionths of a dollar per": "dollars per"}


def amount_in_words(column: str, amount: int) -> str:
    """Write an amount of a column: cents 1000 → $10.00; coins 1000 → 1,000 coins; gifts 1000 → 1,000."""
    unit = column.rsplit("_", 1)[-1]
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
def _shown(model: type[models.Model], column: str) -> Callable[[Any], str | None]:
    """Return the function of a column. The admin compares them, so one column has one function."""

    def shown(row: Any) -> str | None:
        amount = getattr(row, column)
        return None if amount is None else amount_in_words(column, amount)

    label = str(model._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
    for words, in_dollars_words in IN_DOLLARS.items():
        label = label.replace(words, in_dollars_words)
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
