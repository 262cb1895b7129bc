"""Seals: a chain of digests over rows that no other check covers, such as a receiver or an unused rate.

Once an hour the worker seals the rows that can't change any more. Each seal has a digest of its row and of the seal
before it, so check_books() finds a later change or deletion of a row or of a seal. Transfers, taps and tallies aren't
sealed: they are many, and other checks cover them.
"""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from wallet import books
from wallet.models import Seal
from wallet.proofs import Value, uuid_text

log = logging.getLogger(__name__)

AT_ONCE = 500
# The key of PostgreSQL's advisory lock for the chain: any number, the same in every worker.
CHAIN = 5_340_001


Rows = Callable[[], QuerySet[models.Model]]


class Sealed(NamedTuple):
    """A model, the columns to seal, and a function that returns the rows in which these columns are final."""

    model: type[models.Model]
    columns: list[str]
    rows: Rows


SEALED: dict[str, Sealed] = {}


def seal(model: type[models.Model], *, but: tuple[str, ...] = (), rows: Rows | None = None) -> None:
    """Register a model for sealing: all its rows, or those of `rows()`; every column except `but`, which may change."""
    columns = [field.attname for field in model._meta.concrete_fields if field.name not in but]
    SEALED[model._meta.db_table] = Sealed(model, columns, rows or model._default_manager.all)


def seal_rows(*, now: datetime | None = None) -> int:
    """Seal the registered rows without a seal; return how many."""
    now = now or timezone.now()
    with transaction.atomic():
        _wait_for_other_workers()
        last = Seal.objects.order_by("-id").values_list("digest", flat=True).first() or ""
        sealed = 0
        for table, kind in SEALED.items():
            while seals := list(_next_seals(table, kind, last, now)):
                Seal.objects.bulk_create(seals)
                last, sealed = seals[-1].digest, sealed + len(seals)
    if sealed:
        # The log keeps the head outside the database: a chain that was rewritten as a whole has another head.
        log.info("sealed %s rows, the chain's head is %s", sealed, last)
    return sealed


def _wait_for_other_workers() -> None:
    """Lock the chain until the transaction ends. SQLite needs no lock: it has one writer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])


def _next_seals(table: str, kind: Sealed, last: str, now: datetime) -> Iterator[Seal]:
    """Yield unsaved seals for the next AT_ONCE rows without one, each with the digest of the seal before it."""
    key = f"{table}.{kind.model._meta.pk.column}"
    name = uuid_text(key) if isinstance(_key_field(kind.model), models.UUIDField) else f"CAST({key} AS varchar(36))"
    named = kind.rows().annotate(seal_row=RawSQL(name, [], models.CharField()))  # noqa: S611
    without = named.filter(~Exists(Seal.objects.filter(table=table, row=OuterRef("seal_row"))))
    for row in without.order_by("pk").values(*kind.columns)[:AT_ONCE]:
        one = Seal(table=table, row=str(row[kind.model._meta.pk.attname]), columns=",".join(kind.columns), made_at=now)
        one.digest = last = _digest(last, one, row)
        yield one


def _key_field(model: type[models.Model]) -> "models.Field[Any, Any]":
    """Return the field with the key's type: for a key that is a relation, the field it points to."""
    key = model._meta.pk
    return key.target_field if isinstance(key, models.ForeignKey) else key


def _digest(before: str, one: Seal, row: dict[str, Value]) -> str:
    """Return the digest of a row, of its seal's columns, and of the seal before it."""
    values = [_plain(row[column]) for column in one.columns.split(",")]
    text = json.dumps([before, one.table, one.row, one.columns, _plain(one.made_at), values])
    return sha256(text.encode()).hexdigest()


def _plain(value: Value) -> bool | int | str | None:
    """Return a value in a form that is the same on every database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value) if isinstance(value, UUID) else str(getattr(value, "code", value))


@books.check
def sealed_rows_are_what_they_were() -> Iterator[str]:
    before, after = "", 0
    while seals := list(Seal.objects.filter(id__gt=after).order_by("id")[:AT_ONCE]):
        rows = _rows_of(seals)
        for one in seals:
            row = rows.get((one.table, one.row))
            if row is None:
                yield f"{one.table} {one.row} is gone, it was sealed on {one.made_at:%d %b %Y %H:%M} UTC"
            elif _digest(before, one, row) != one.digest:
                yield f"{one.table} {one.row} isn't what was sealed on {one.made_at:%d %b %Y %H:%M} UTC"
            before, after = one.digest, one.id


def _rows_of(seals: list[Seal]) -> dict[tuple[str, str], dict[str, Value]]:
    """Return {(table, row): values} of the rows that exist. One query for each table and set of columns."""
    found: dict[tuple[str, str], dict[str, Value]] = {}
    place = attrgetter("table", "columns")
    for (table, columns), group in groupby(sorted(seals, key=place), key=place):
        if not _is_known(table, columns):
            continue
        model = SEALED[table].model
        keys = [one.row for one in group if _is_key(model, one.row)]
        for row in model._default_manager.filter(pk__in=keys).order_by().values(*columns.split(",")):
            found[table, str(row[model._meta.pk.attname])] = row
    return found


def _is_known(table: str, columns: str) -> bool:
    """Return whether a sealed model has these columns: a seal that was tampered with may name any."""
    known = [field.attname for field in SEALED[table].model._meta.concrete_fields] if table in SEALED else []
    return set(columns.split(",")) <= set(known)


def _is_key(model: type[models.Model], text: str) -> bool:
    """Return whether the text can be a key of the model: a seal that was tampered with may have any text."""
    try:
        _key_field(model).to_python(text)
    except (ValueError, ValidationError):
        return False
    return True
