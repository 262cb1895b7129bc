"""A table of a person's own data: its rows, what its columns mean, and which links of models it answers for.

A link is a foreign key that leads to a person: "wallet.Recharge.user". tests/live/own_data/test_links.py walks all
models; a link is in a table, or in LEFT_OUT (live/own_data/everything.py) with its reason.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from people.models import User

Value = str | int | bool | Decimal | UUID | datetime | date | None
Row = Sequence[Value]
AT_A_TIME = 1_000


@dataclass(frozen=True)
class Table:
    """One file of CSV, and one list in the JSON. `columns` says what each means, in the order of a row's values."""

    name: str
    about: str
    links: Sequence[str]
    columns: dict[str, str]
    rows: Callable[[User], Iterable[Row]]


def read_rows(rows: QuerySet[Any], *columns: str, by: str = "") -> Iterator[tuple[Any, ...]]:
    """Yield the columns of all rows, the oldest first, AT_A_TIME by one query: no cursor stays open.

    `by` is a moment, for rows whose key has no order in time. Each query goes on behind the last row of the one before.
    """
    order = [by, "pk"] if by else ["pk"]
    found = rows.order_by(*order).values_list(*order, *columns)
    batch = list(found[:AT_A_TIME])
    while batch:
        yield from (row[len(order) :] for row in batch)
        if len(batch) < AT_A_TIME:
            return
        batch = list(found.filter(_behind(by, *batch[-1][: len(order)]))[:AT_A_TIME])


def _behind(by: str, *last: Any) -> Q:
    """Return the condition for rows after the last one. The first part of two is a range that an index can read."""
    if not by:
        return Q(pk__gt=last[0])
    moment, key = last
    return Q(**{f"{by}__gte": moment}) & (Q(**{f"{by}__gt": moment}) | Q(pk__gt=key))


def usd(micros: int) -> Decimal:
    """Return millionths of a dollar as dollars with six digits: 50,000 → 0.050000."""
    return Decimal(micros).scaleb(-6)


def usd_of_cents(cents: int) -> Decimal:
    """Return cents as dollars with two digits: 500 → 5.00."""
    return Decimal(cents).scaleb(-2)
