"""The tables of this app, for creators: payout accounts, their receivers masked, and withdrawals with their steps."""

from collections.abc import Iterator

from payouts.models import WithdrawalStep
from people.models import User
from people.own_data.tables import Row, Table, read_rows, usd, usd_of_cents


def _payout_accounts(person: User) -> Iterator[Row]:
    columns = ("id", "service__name", "country", "look", "label", "created_at", "usable_at", "removed_at")
    for number, service, country, *rest in read_rows(person.payout_accounts.all(), *columns):
        yield number, service, str(country), *rest


def _withdrawals(person: User) -> Iterator[Row]:
    rows = person.withdrawals.all()
    columns = ("id", "requested_at", "cents", "diamonds", "rate_micros", "account_id", "status")
    more = ("provider_reference", "arrives_by", "week")
    for number, at, cents, diamonds, micros, *rest in read_rows(rows, *columns, *more, by="requested_at"):
        yield number, at, cents, usd_of_cents(cents), diamonds, usd(micros), *rest


def _withdrawal_steps(person: User) -> Iterator[Row]:
    steps = WithdrawalStep.objects.filter(withdrawal__creator=person)
    return read_rows(steps, "withdrawal_id", "at", "status", "why")


TABLES = [
    Table(
        "payout_accounts",
        "Where your money may go, or might once.",
        ["payouts.PayoutAccount.owner"],
        {
            "payout_account": "its number on this site",
            "service": "the service that sends the money on",
            "country": "the country, as two letters",
            "receiver": "the address, IBAN or phone number, mostly hidden, as on the site",
            "name": "what you call it",
            "added_utc": "when you added it",
            "usable_utc": "from when it could be used",
            "removed_utc": "when you removed it",
        },
        _payout_accounts,
    ),
    Table(
        "withdrawals",
        "Diamonds that you withdrew as dollars.",
        ["payouts.Withdrawal.creator", "payouts.Withdrawal.account", "payouts.Withdrawal.quote"],
        {
            "withdrawal": "its number on this site",
            "requested_utc": "when you asked for it",
            "cents": "how much, in cents",
            "usd": "how much, in dollars",
            "diamonds": "the diamonds for it",
            "usd_per_diamond": "what a diamond was worth",
            "payout_account": "where it went, as in payout_accounts.csv",
            "status": "requested, sent, paid, failed, returned or cancelled",
            "provider_reference": "its number at the service",
            "arrives_by": "the day by which it should arrive",
            "week": "the Monday of the week in whose limit it counts",
        },
        _withdrawals,
    ),
    Table(
        "withdrawal_steps",
        "What happened to each withdrawal, step by step.",
        ["payouts.WithdrawalStep.withdrawal"],
        {
            "withdrawal": "the withdrawal, as in withdrawals.csv",
            "at_utc": "when",
            "status": "what it became",
            "why": "in words",
        },
        _withdrawal_steps,
    ),
]
