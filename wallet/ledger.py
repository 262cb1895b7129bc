"""The books: the only code that writes transfers and balances.

A transfer moves a positive whole amount from one account to another of the same unit, so all accounts of a unit add up
to zero. Guarded accounts carry their balance and never go below zero: a conditional UPDATE raises NotEnough first, and
a CHECK constraint refuses any other code.

On PostgreSQL a posting is one query, and so one round trip and one commit. SQLite has no writes inside WITH, so there a
posting is a short IMMEDIATE transaction that runs the same clauses one after the other.
"""

import datetime
import uuid
from contextlib import nullcontext
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError, connection, models, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from psycopg.types.numeric import Int8

from wallet.models import LARGEST_BALANCE, Account, Kind, Reason, Transfer


class NotPosted(Exception):
    """The record's condition was false, or (as NotEnough) the balance is too small; nothing was written."""


class NotEnough(NotPosted):
    """The balance of the guarded debit account is below the amount; nothing was written."""


class AlreadyPosted(Exception):
    """The reason and reference have a transfer with other accounts or another amount; nothing was written."""


class Posting(NamedTuple):
    """The result of a posting. `balance` is that of the guarded debit account after it (None for other kinds)."""

    transfer_id: int
    balance: int | None
    record_id: int | None = None
    is_repeat: bool = False


Value = str | int | bool | uuid.UUID | datetime.datetime | None


class Record(NamedTuple):
    """A row that is written in the same query as a transfer.

    `condition` is a SELECT; without a row from it nothing is posted. `insert` is an INSERT … SELECT that reads that row
    FROM condition. `beside` is an INSERT … SELECT of a row that belongs to it and reads its id FROM recorded, or "".
    All use the parameters in `values`, beside those of the transfer.
    """

    condition: str
    insert: str
    values: dict[str, Value]
    beside: str = ""


def post(
    *,
    debit: Account,
    credit: Account,
    amount: int,
    reason: Reason,
    reference: uuid.UUID,
    record: Record | None = None,
    now: datetime.datetime | None = None,
) -> Posting:
    """Move `amount` units from debit to credit, once for this reason and reference; return a Posting.

    The same call again changes nothing and returns the first posting, marked `is_repeat`. `now` dates the transfer.
    Raise NotEnough if the guarded debit account has less, NotPosted if the condition of the record is false,
    AlreadyPosted if the reason and reference have another transfer, ValueError for an impossible amount.
    """
    if not 0 < amount <= LARGEST_BALANCE:
        raise ValueError(f"a transfer moves 1 to {LARGEST_BALANCE} units, not {amount}")
    if debit.unit != credit.unit:
        raise ValueError(f"{debit} and {credit} count different units")
    values = {
        "debit": debit.name,
        "credit": credit.name,
        "unit": str(credit.unit),
        "owner": credit.owner_id,
        "amount": amount,
        "reason": str(reason),
        "reference": reference,
        "now": now or timezone.now(),
        **(record.values if record else {}),
    }
    write = _write_in_one_query if connection.vendor == "postgresql" else _write_in_steps
    try:
        posting = write(debit, credit, record, values)
    except IntegrityError:
        # Two equal posts raced. The unique key refused this one; it returns the other's posting.
        posting = None
        if connection.needs_rollback or not posted(reason, reference):
            raise
    return posting or _explain(debit, credit, amount, reason, reference, record)


def reverse(transfer: Transfer, *, now: datetime.datetime | None = None) -> Posting:
    """Post the opposite of a transfer, once; return the Posting. It has the transfer's reason and reference.

    `now` dates the opposite. Raise NotEnough if the balance of the credited account is too small by now.
    """
    opposite = Transfer.objects.filter(reverses=transfer).first()
    if opposite is None:
        try:
            return _write_opposite(transfer, now or timezone.now())
        except IntegrityError:
            # Two reversals raced. The unique key refused this one; it returns the other's posting.
            opposite = Transfer.objects.filter(reverses=transfer).first()
            if opposite is None:
                raise
    return Posting(opposite.id, None, is_repeat=True)


@transaction.atomic
def _write_opposite(transfer: Transfer, now: datetime.datetime) -> Posting:
    balance = _take(transfer.credit, transfer.amount)
    _give(transfer.debit, transfer.amount)
    opposite = Transfer.objects.create(
        debit=transfer.credit,
        credit=transfer.debit,
        amount=transfer.amount,
        reason=transfer.reason,
        reference=transfer.reference,
        reverses=transfer,
        created_at=now,
    )
    return Posting(opposite.id, balance)


def open_account(account: Account) -> None:
    """Open a tally or house account; do nothing if it is open."""
    Account.objects.bulk_create([account], ignore_conflicts=True)


def balance(account: Account) -> int:
    """Return the account's units: the stored balance if guarded, else credits minus debits. 0 if it isn't open."""
    if account.kind == Kind.GUARDED:
        return Account.objects.filter(pk=account.pk).values_list("balance", flat=True).first() or 0
    credits = Transfer.objects.filter(credit=account).aggregate(sum=Sum("amount"))["sum"] or 0
    debits = Transfer.objects.filter(debit=account).aggregate(sum=Sum("amount"))["sum"] or 0
    return credits - debits


def lock(account: Account) -> Account | None:
    """Lock the account's row until the transaction ends; return it, or None if it isn't open.

    Two transactions that move units between the same person's accounts then wait for each other.
    """
    return Account.objects.select_for_update().filter(pk=account.pk).first()


def transfers_of(account: Account) -> QuerySet[Transfer]:
    """Return the account's transfers, the newest first."""
    return Transfer.objects.filter(models.Q(debit=account) | models.Q(credit=account)).order_by("-id")


def posted(reason: Reason, reference: uuid.UUID) -> Transfer | None:
    """Return the transfer that was posted for this reason and reference, or None."""
    return Transfer.objects.filter(reason=reason, reference=reference, reverses=None).first()


# --- How a posting is written -------------------------------------------------------------------

NEW = """NOT EXISTS (SELECT 1 FROM wallet_transfer
        WHERE reference = %(reference)s AND reason = %(reason)s AND reverses_id IS NULL)"""
DEBIT = """UPDATE wallet_account SET balance = balance - %(amount)s
    WHERE name = %(debit)s AND balance >= %(amount)s AND """
CREDIT = """INSERT INTO wallet_account (name, unit, kind, owner_id, balance)
    SELECT %(credit)s, %(unit)s, 'guarded', %(owner)s, %(amount)s FROM debited WHERE true
    ON CONFLICT (name) DO UPDATE SET balance = wallet_account.balance + excluded.balance"""
MOVE = """INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at)
    SELECT %(debit)s, %(credit)s, %(amount)s, %(reason)s, %(reference)s, %(now)s FROM debited"""


def _write_in_one_query(
    debit: Account, credit: Account, record: Record | None, values: dict[str, Value]
) -> Posting | None:
    """Write debit, credit, transfer and record by one PostgreSQL query; return None if it wrote nothing."""
    clauses = (record.condition, record.insert, record.beside) if record else None
    types = tuple((name, POSTGRESQL_TYPES[type(value)]) for name, value in values.items())
    query = _one_query(debit.kind, credit.kind, clauses, types)
    values = {name: Int8(value) if type(value) is int else value for name, value in values.items()}
    # Outside a transaction the query is its own. Inside one, a savepoint keeps it usable after a unique key's refusal.
    with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return Posting(*row) if row else None


# Parameters carry their type, so that the server can prepare the query once and cache its plan: planning costs as much
# as running it. None is a house account's missing owner.
POSTGRESQL_TYPES = {
    str: "text",
    int: "bigint",
    bool: "boolean",
    uuid.UUID: "uuid",
    datetime.datetime: "timestamptz",
    type(None): "bigint",
}


@cache
def _one_query(
    debit_kind: str, credit_kind: str, clauses: tuple[str, str, str] | None, types: tuple[tuple[str, str], ...]
) -> str:
    """Return the query for these kinds of account and the record's clauses, with typed parameters."""
    condition, insert, beside = clauses or (None, None, None)
    allowed = f"{NEW} AND EXISTS (SELECT 1 FROM condition)" if clauses else NEW  # noqa: S608
    steps = [f"condition AS ({condition})"] if clauses else []
    if debit_kind == Kind.GUARDED:
        steps.append(f"debited AS ({DEBIT}{allowed} RETURNING balance)")
    else:
        steps.append(f"debited AS (SELECT NULL::bigint AS balance WHERE {allowed})")
    if credit_kind == Kind.GUARDED:
        steps.append(f"credited AS ({CREDIT})")
    steps.append(f"moved AS ({MOVE} RETURNING id)")
    answer = "SELECT moved.id, debited.balance FROM moved, debited"
    if clauses:
        steps.append(f"recorded AS ({insert}, moved RETURNING id)")
        answer = "SELECT moved.id, debited.balance, recorded.id FROM moved, debited, recorded"
    if beside:
        steps.append(f"beside AS ({beside})")
    query = f"WITH {', '.join(steps)} {answer}"
    for name, sql_type in types:
        query = query.replace(f"%({name})s", f"%({name})s::{sql_type}")
    return query


def _write_in_steps(debit: Account, credit: Account, record: Record | None, values: dict[str, Value]) -> Posting | None:
    """Write the same clauses one after the other, in a transaction that SQLite starts IMMEDIATE."""
    allowed = f"{NEW} AND EXISTS ({record.condition})" if record else NEW
    values = {name: _sqlite_value(value) for name, value in values.items()}
    one_row = "WITH debited AS (SELECT 1)"
    with transaction.atomic(), connection.cursor() as cursor:
        if debit.kind == Kind.GUARDED:
            cursor.execute(f"{DEBIT}{allowed} RETURNING balance", values)
        else:
            cursor.execute(f"SELECT NULL WHERE {allowed}", values)
        debited = cursor.fetchone()
        if debited is None:
            return None
        if credit.kind == Kind.GUARDED:
            cursor.execute(f"{one_row} {CREDIT}", values)
        cursor.execute(f"{one_row} {MOVE} RETURNING id", values)
        moved = cursor.fetchone()
        if not record:
            return Posting(*moved, *debited)
        cursor.execute(f"WITH condition AS ({record.condition}) {record.insert} RETURNING id", values)
        recorded = cursor.fetchone()
        if record.beside:
            values["recorded"] = recorded[0]
            cursor.execute(f"WITH recorded AS (SELECT %(recorded)s AS id) {record.beside}", values)
        return Posting(*moved, *debited, *recorded)


def _explain(
    debit: Account, credit: Account, amount: int, reason: Reason, reference: uuid.UUID, record: Record | None
) -> Posting:
    """Return the earlier posting if this is a repeat; else raise the reason why nothing was written."""
    earlier = posted(reason, reference)
    if earlier:
        if (earlier.debit_id, earlier.credit_id, earlier.amount) != (debit.name, credit.name, amount):
            raise AlreadyPosted(f"{reason} {reference} was posted as {earlier}")
        return Posting(earlier.id, None, is_repeat=True)
    if debit.kind == Kind.GUARDED and balance(debit) < amount:
        raise NotEnough(f"{debit} holds less than {amount}")
    raise NotPosted(f"the condition of {reason} {reference} doesn't hold" if record else f"{reason} {reference} raced")


def _take(account: Account, amount: int) -> int | None:
    """Take units from an account; return its balance afterwards, None if it isn't guarded. Raise NotEnough."""
    if account.kind != Kind.GUARDED:
        return None
    rows = Account.objects.filter(pk=account.pk, balance__gte=amount)
    if not rows.update(balance=models.F("balance") - amount):
        raise NotEnough(f"{account} holds less than {amount}")
    return balance(account)


def _give(account: Account, amount: int) -> None:
    if account.kind == Kind.GUARDED:
        Account.objects.filter(pk=account.pk).update(balance=models.F("balance") + amount)


def _sqlite_value(value: Value) -> Value:
    """Return the value as Django's fields store it on SQLite."""
    if isinstance(value, uuid.UUID):
        return models.UUIDField().get_db_prep_value(value, connection)
    if isinstance(value, datetime.datetime):
        return models.DateTimeField().get_db_prep_value(value, connection)
    return value
