"""check_books(): every balance and invariant, recomputed from the transfers.

Each app adds checks of its own with `@books.check`; a check yields one sentence for each discrepancy. With
`@books.expect` an app returns a query of the transfers that its rows cause. Each transfer must have a cause, and each
cause a transfer with the same accounts, amount and moment.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import F, Q

from wallet.accounts import HOUSE, UNIT_OF_PREFIX, UNIT_OF_USERS
from wallet.models import Transfer, Unit
from wallet.proofs import Difference, Value, differences, rows_of

Check = Callable[[], Iterator[str]]
Cause = Callable[[], str]
CHECKS: list[Check] = []
CAUSES: list[Cause] = []
# A bound on memory: a site that lost its tables would yield a sentence for each of its transfers.
MOST_OF_ONE_CHECK = 1_000


def check(function: Check) -> Check:
    """Register a function that yields discrepancies; check_books() runs it."""
    CHECKS.append(function)
    return function


def expect(function: Cause) -> Cause:
    """Register a function that returns a SELECT of the transfers that an app's rows cause.

    Its columns: reason, reference, is_reversal (0 or 1), debit_id, credit_id, amount, created_at.
    """
    CAUSES.append(function)
    return function


def check_books() -> list[str]:
    """Return the discrepancies, each a sentence; an empty list when the books are right."""
    with one_snapshot():
        return [discrepancy for function in CHECKS for discrepancy in _first_ones(function())]


def _first_ones(discrepancies: Iterator[str]) -> Iterator[str]:
    yield from islice(discrepancies, MOST_OF_ONE_CHECK)
    if next(iter(discrepancies), None) is not None:
        yield f"… and more like the {MOST_OF_ONE_CHECK:,} above"


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read in one snapshot without blocking a writer: a tap committed between two sums would look like a fault."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The check takes no row lock, so it needs no timeout. Large books take long.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # PostgreSQL plans a cursor for a tenth of its rows. Each check here reads its whole cursor.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
            yield
    else:
        # A deferred transaction: atomic() would begin IMMEDIATE, which takes SQLite's only write lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def wrong_steps(table: str, of: str, allowed: Sequence[tuple[str | None, str]]) -> Iterator[str]:
    """Yield a sentence for each step whose status may not follow the status of the step before it."""
    pairs = " OR ".join(
        f"(COALESCE(before, '') = '{before or ''}' AND status = '{after}')" for before, after in allowed
    )
    query = f"""SELECT {of}_id, before, status FROM (
            SELECT id, {of}_id, status, LAG(status) OVER (PARTITION BY {of}_id ORDER BY id) AS before FROM {table}
        ) step WHERE CASE WHEN {pairs} THEN 0 ELSE 1 END = 1 ORDER BY id"""
    for pk, before, status in rows_of(query):
        yield f"{of} {pk} can't be {status} after {before or 'nothing'}"


# --- Accounts -------------------------------------------------------------------------------------

NETS = """SELECT name, SUM(amount) AS net FROM (
        SELECT credit_id AS name, amount FROM wallet_transfer {where}
        UNION ALL SELECT debit_id, -amount FROM wallet_transfer {where}) moved GROUP BY name"""


def nets(where: str = "") -> str:
    """Return a SELECT of (name, net): credits minus debits of each account that has a transfer."""
    return NETS.format(where=where)


@check
def accounts_are_what_their_names_say() -> Iterator[str]:
    """Check that unit, kind and owner fit each account's name, and that each account of a transfer exists."""
    users = [
        f"kind = 'guarded' AND unit = '{unit}' AND name = '{prefix}:user:' || owner_id"
        for prefix, unit in UNIT_OF_USERS.items()
    ]
    houses = [f"name = '{account.name}' AND unit = '{account.unit}'" for account in HOUSE]
    named = " OR ".join(f"({condition})" for condition in users)
    house = f"kind = 'house' AND owner_id IS NULL AND ({' OR '.join(f'({one})' for one in houses)})"
    tally = f"kind = 'tally' AND owner_id IS NULL AND unit = '{UNIT_OF_PREFIX['points']}' AND name LIKE 'points:%'"
    query = f"""SELECT name, unit, kind, owner_id FROM wallet_account
        WHERE CASE WHEN {named} OR ({house}) OR ({tally}) THEN 0 ELSE 1 END = 1 ORDER BY name"""
    for name, unit, kind, owner in rows_of(query):
        yield f"account {name} is no account of that name: {unit}, {kind}, of person {owner}"
    missing = (
        f"SELECT net.name, net.net FROM ({nets()}) net LEFT JOIN wallet_account account ON account.name = net.name"
    )
    for name, net in rows_of(f"{missing} WHERE account.name IS NULL ORDER BY net.name"):
        yield f"{name} isn't there, its transfers add up to {net}"
    for account in HOUSE:
        if not list(rows_of(f"SELECT 1 FROM wallet_account WHERE name = '{account.name}'")):
            yield f"{account.name} isn't there"


@check
def guarded_balances_are_their_sums() -> Iterator[str]:
    query = f"""SELECT account.name, account.balance, COALESCE(net.net, 0)
        FROM wallet_account account LEFT JOIN ({nets()}) net ON net.name = account.name
        WHERE account.kind = 'guarded' AND account.balance <> COALESCE(net.net, 0) ORDER BY account.name"""
    for name, balance, net in rows_of(query):
        yield f"{name} carries {balance}, its transfers add up to {net}"


@check
def tallies_are_never_below_zero() -> Iterator[str]:
    points = "WHERE credit_id LIKE 'points:%' OR debit_id LIKE 'points:%'"
    query = f"""SELECT net.name, net.net FROM ({nets(points)}) net
        JOIN wallet_account account ON account.name = net.name
        WHERE account.kind = 'tally' AND net.net < 0 ORDER BY net.name"""
    for name, net in rows_of(query):
        yield f"{name} is {net}, below zero"


@check
def what_was_issued_is_elsewhere() -> Iterator[str]:
    """Check that the other accounts sum to the units issued: coins held or spent, diamonds held or paid out."""
    query = f"""SELECT account.unit,
            -SUM(CASE WHEN account.name LIKE '%:issuance' THEN net.net ELSE 0 END),
            SUM(CASE WHEN account.name LIKE '%:issuance' THEN 0 ELSE net.net END)
        FROM ({nets()}) net JOIN wallet_account account ON account.name = net.name
        GROUP BY account.unit ORDER BY account.unit"""
    words: dict[Value, str] = {
        Unit.COIN: "held or spent",
        Unit.DIAMOND: "with creators, held or redeemed",
        Unit.CENT: "somewhere",
    }
    for unit, issued, elsewhere in rows_of(query):
        if issued != elsewhere:
            yield f"{issued} {unit}s were issued, {elsewhere} are {words[unit]}"


# --- Transfers ------------------------------------------------------------------------------------

FOUND = """SELECT reason, reference, CASE WHEN reverses_id IS NULL THEN 0 ELSE 1 END AS is_reversal,
    debit_id, credit_id, amount, created_at FROM wallet_transfer"""


@check
def transfers_are_their_causes() -> Iterator[str]:
    """Check that each transfer has a row that causes it, and each such row its transfer."""
    expected = " UNION ALL ".join(cause() for cause in CAUSES)
    keys, columns = ["reason", "reference", "is_reversal"], ["debit_id", "credit_id", "amount", "created_at"]
    for difference in differences(expected, FOUND, keys=keys, columns=columns):
        if not is_of_an_older_version(difference):
            yield _transfer_sentence(difference)


def is_of_an_older_version(difference: Difference) -> bool:
    """Return whether a recharge differs only because an older version dated its step up to 5 s after its transfers."""
    reason, _, is_reversal = difference.key
    if reason not in ("payment", "recharge") or is_reversal or not (difference.expected and difference.found):
        return False
    others = [column for column in ("debit_id", "credit_id", "amount") if column in difference.expected]
    if any(difference.expected[column] != difference.found[column] for column in others):
        return False
    late = _moment(difference.expected["created_at"]) - _moment(difference.found["created_at"])
    return 0 <= late.total_seconds() < 5


def _transfer_sentence(difference: Difference) -> str:
    reason, reference, is_reversal = difference.key
    name = f"{'reversal of ' if is_reversal else ''}{reason} {reference}"
    if difference.expected and not difference.found:
        return f"{name}: no transfer of {_move(difference.expected)}"
    if difference.found and not difference.expected:
        return f"{name}: a transfer without a cause, of {_move(difference.found)}"
    return f"{name}: {difference.in_words(debit_id='debit', credit_id='credit', created_at='its moment')}"


def _move(transfer: dict[str, Value]) -> str:
    return f"{transfer['amount']} from {transfer['debit_id']} to {transfer['credit_id']}"


def _moment(value: Value) -> datetime:
    return datetime.fromisoformat(str(value))


@check
def transfers_join_equal_units() -> Iterator[str]:
    for transfer in Transfer.objects.exclude(debit__unit=F("credit__unit")):
        yield f"transfer {transfer.pk} joins two units: {transfer}"


@check
def reversals_mirror_their_transfer() -> Iterator[str]:
    same = Q(debit=F("reverses__credit"), credit=F("reverses__debit"), amount=F("reverses__amount"))
    same &= Q(reason=F("reverses__reason"), reference=F("reverses__reference"))
    for transfer in Transfer.objects.filter(reverses__isnull=False).exclude(same):
        yield f"transfer {transfer.pk} isn't the mirror of {transfer.reverses_id}, which it reverses"
