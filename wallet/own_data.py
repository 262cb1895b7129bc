"""The tables of this app: balances, every move of one's coins and diamonds, recharges with their steps."""

from collections.abc import Iterator
from heapq import merge
from operator import itemgetter

from people.models import User
from people.own_data.tables import Row, Table, read_rows, usd_of_cents
from wallet.models import RechargeStep


def _balances(person: User) -> Iterator[Row]:
    for account in person.accounts.order_by("name"):
        yield account.name.split(":")[0], account.unit, account.balance


def _moves(person: User) -> Iterator[Row]:
    """Yield the moves of each account, the oldest first. Each side has an index by account and id."""
    columns = ("id", "created_at", "amount", "reason", "reference", "reverses_id")
    for account in person.accounts.order_by("name"):
        came_in = ((*row, 1) for row in read_rows(account.credits.all(), *columns))
        went_out = ((*row, -1) for row in read_rows(account.debits.all(), *columns))
        for _, at, amount, reason, reference, reverses, sign in merge(came_in, went_out, key=itemgetter(0)):
            yield at, account.name.split(":")[0], sign * amount, account.unit, reason, reference, reverses is not None


def _recharges(person: User) -> Iterator[Row]:
    columns = ("id", "started_at", "coins", "cents", "provider", "method", "status", "payment_id")
    more = ("checkout__reference", "checkout__state")
    for row in read_rows(person.recharges.all(), *columns, *more, by="started_at"):
        yield *row[:4], usd_of_cents(row[3]), *row[4:]


def _recharge_steps(person: User) -> Iterator[Row]:
    return read_rows(RechargeStep.objects.filter(recharge__user=person), "recharge_id", "at", "status", "why")


def _ages(person: User) -> Iterator[Row]:
    return read_rows(person.age_declarations.all(), "age", "declared_at", "terms__starts_at", "provider", "reference")


TABLES = [
    Table(
        "balances",
        "What you have now.",
        ["wallet.Account.owner"],
        {
            "account": "coins; diamonds that can be withdrawn; held are diamonds reserved for a withdrawal",
            "unit": "coin or diamond",
            "amount": "how many",
        },
        _balances,
    ),
    Table(
        "moves",
        "Every move of your coins and diamonds. The moves of an account add up to its balance.",
        ["wallet.Transfer.debit", "wallet.Transfer.credit", "wallet.Transfer.reverses"],
        {
            "at_utc": "when",
            "account": "coins, diamonds or held, as in balances.csv",
            "amount": "how many; below zero if they left",
            "unit": "coin or diamond",
            "reason": "why: a recharge, a gift, the end of a live, a withdrawal",
            "reference": "the recharge, gift, live or withdrawal, as in the other files",
            "takes_back": "whether it takes an earlier move back",
        },
        _moves,
    ),
    Table(
        "recharges",
        "Coins that you bought, or began to buy.",
        ["wallet.Recharge.user", "wallet.Checkout.recharge"],
        {
            "recharge": "its number on this site",
            "started_utc": "when you began",
            "coins": "how many coins",
            "cents": "their price in cents",
            "usd": "their price in dollars",
            "provider": "the company that took the payment",
            "method": "how you paid",
            "status": "started, confirmed (paid) or failed (not paid)",
            "payment": "the provider’s number of the payment",
            "checkout": "the provider’s number of the page on which you paid, if it was on its own site",
            "checkout_state": "what became of that page: open, on-its-way, paid, declined or unclear",
        },
        _recharges,
    ),
    Table(
        "recharge_steps",
        "What happened to each recharge, step by step.",
        ["wallet.RechargeStep.recharge"],
        {
            "recharge": "the recharge, as in recharges.csv",
            "at_utc": "when",
            "status": "what it became",
            "why": "in words",
        },
        _recharge_steps,
    ),
    Table(
        "age_declarations",
        "The age that you said, or proved, that you have reached.",
        ["wallet.AgeDeclaration.person"],
        {
            "age": "in years, or older",
            "declared_utc": "when",
            "terms_since_utc": "since when this age was asked for",
            "provider": "declaration if your word was taken, else who proved it",
            "reference": "the provider’s number of the proof",
        },
        _ages,
    ),
]
