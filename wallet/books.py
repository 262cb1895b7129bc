"""check_books(): every balance and invariant, recomputed from the transfers.

Each app adds checks of its own with `@books.check`; a check yields one sentence for each discrepancy.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.models import F, Q, Sum

from wallet.models import Account, Kind, Reason, Recharge, Transfer, Unit

CHECKS = []
# What several checks ask for, remembered as long as one snapshot is looked at.
_seen = ContextVar("seen", default=None)


def check(function):
    """Add a function that yields discrepancies to what check_books() runs."""
    CHECKS.append(function)
    return function


def check_books():
    """Return a list of discrepancies, each a sentence; empty when the books are right."""
    with one_snapshot():
        forget = _seen.set({})
        try:
            return [discrepancy for function in CHECKS for discrepancy in function()]
        finally:
            _seen.reset(forget)


@contextmanager
def one_snapshot():
    """Read everything as of one moment, without holding up a writer: else a tap between two sums looks like a fault."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # It locks nothing, so it may take as long as the books are large.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    else:
        # Deferred: atomic() would begin IMMEDIATE, which is a writer's place.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def net_by_account(*, unit=None, kind=None):
    """Return {account name: credits minus debits} for the accounts of a unit or kind that have any transfer."""
    remembered = _seen.get()
    nets = _nets() if remembered is None else remembered.get("nets") or remembered.setdefault("nets", _nets())
    return {name: net for name, of, its, net in nets if unit in (None, of) and kind in (None, its)}


def _nets():
    """Return (name, unit, kind, credits minus debits) of each account that has any transfer."""
    net = {}
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        for name, amount in Transfer.objects.order_by().values_list(side).annotate(sum=Sum("amount")):
            net[name] = net.get(name, 0) + sign * amount
    accounts = Account.objects.values_list("name", "unit", "kind")
    return [(name, unit, kind, net[name]) for name, unit, kind in accounts if name in net]


def posted_for(reason):
    """Return {reference: amount} of the transfers with the reason that were not reversed."""
    rows = Transfer.objects.filter(reason=reason, reverses=None, reversed_by=None).order_by()
    return dict(rows.values_list("reference").annotate(sum=Sum("amount")))


def compare(expected, found, sentence):
    """Yield a sentence, formatted with key, expected and found, for each key on which the two dicts differ."""
    for key in sorted(expected.keys() | found.keys(), key=str):
        if expected.get(key, 0) != found.get(key, 0):
            yield sentence.format(key=key, expected=expected.get(key, 0), found=found.get(key, 0))


@check
def guarded_balances_are_their_sums():
    carried = dict(Account.objects.filter(kind=Kind.GUARDED).values_list("name", "balance"))
    sums = net_by_account(kind=Kind.GUARDED)
    yield from compare(sums, carried, "{key} carries {found}, its transfers add up to {expected}")


@check
def tallies_are_never_below_zero():
    for name, amount in net_by_account(kind=Kind.TALLY).items():
        if amount < 0:
            yield f"{name} is {amount}, below zero"


@check
def transfers_join_equal_units():
    for transfer in Transfer.objects.exclude(debit__unit=F("credit__unit")):
        yield f"transfer {transfer.pk} joins two units: {transfer}"


@check
def reversals_mirror_their_transfer():
    same = Q(debit=F("reverses__credit"), credit=F("reverses__debit"), amount=F("reverses__amount"))
    for transfer in Transfer.objects.filter(reverses__isnull=False).exclude(same):
        yield f"transfer {transfer.pk} isn't the mirror of {transfer.reverses_id}, which it reverses"


@check
def coins_issued_are_held_or_spent():
    net = net_by_account(unit=Unit.COIN)
    issued = -net.pop("coins:issuance", 0)
    elsewhere = sum(net.values())
    if issued != elsewhere:
        yield f"{issued} coins were issued, {elsewhere} are held or spent"


@check
def recharges_are_their_transfers():
    confirmed = Recharge.objects.filter(status=Recharge.Status.CONFIRMED)
    coins = dict(confirmed.values_list("pk", "coins"))
    cents = dict(confirmed.values_list("pk", "cents"))
    yield from compare(coins, posted_for(Reason.RECHARGE), "recharge {key}: {expected} coins bought, {found} credited")
    yield from compare(cents, posted_for(Reason.PAYMENT), "recharge {key}: {expected} cents asked, {found} received")
