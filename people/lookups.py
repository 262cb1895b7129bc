"""Lookups by a number outside 64 bits: no row matches. PeopleConfig.ready() imports this module to register them."""

from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import IntegerField
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_lookups import (
    RelatedExact,
    RelatedGreaterThan,
    RelatedGreaterThanOrEqual,
    RelatedIn,
    RelatedLessThan,
    RelatedLessThanOrEqual,
)
from django.db.models.lookups import In, Lookup
from django.db.models.sql.compiler import SQLCompiler

SMALLEST, LARGEST = -(2**63), 2**63 - 1


class FitsColumn(Lookup):
    """A lookup that needs no query if its number is outside 64 bits.

    Django checks this for integer columns, but not for relations, where SQLite's driver raises OverflowError.
    """

    if_smaller: type[EmptyResultSet | FullResultSet] = EmptyResultSet
    if_larger: type[EmptyResultSet | FullResultSet] = EmptyResultSet

    def process_rhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if isinstance(self.rhs, int) and self.rhs < SMALLEST:
            raise self.if_smaller
        if isinstance(self.rhs, int) and self.rhs > LARGEST:
            raise self.if_larger
        return super().process_rhs(compiler, connection)


class FittingOnes(Lookup):
    """An `in` lookup that drops the numbers outside 64 bits."""

    def get_prep_lookup(self) -> Any:
        values = super().get_prep_lookup()
        if not self.rhs_is_direct_value():
            return values
        return [value for value in values if not isinstance(value, int) or SMALLEST <= value <= LARGEST]


@IntegerField.register_lookup
class IntegerIn(FittingOnes, In):
    pass


@ForeignObject.register_lookup
class KeyIn(FittingOnes, RelatedIn):
    pass


@ForeignObject.register_lookup
class KeyExact(FitsColumn, RelatedExact):
    pass


@ForeignObject.register_lookup
class KeyLessThan(FitsColumn, RelatedLessThan):
    if_larger = FullResultSet


@ForeignObject.register_lookup
class KeyLessThanOrEqual(FitsColumn, RelatedLessThanOrEqual):
    if_larger = FullResultSet


@ForeignObject.register_lookup
class KeyGreaterThan(FitsColumn, RelatedGreaterThan):
    if_smaller = FullResultSet


@ForeignObject.register_lookup
class KeyGreaterThanOrEqual(FitsColumn, RelatedGreaterThanOrEqual):
    if_smaller = FullResultSet
