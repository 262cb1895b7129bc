"""The diamond accounts by name, and the transfer that credits diamonds."""

from datetime import datetime
from uuid import UUID

from people.models import User
from wallet import ledger
from wallet.accounts import DIAMONDS_ISSUANCE, guarded
from wallet.models import Account, Reason


def diamonds_of(user: User) -> Account:
    """Return the account that holds the diamonds a user can withdraw."""
    return guarded("diamonds", user)


def held_of(user: User) -> Account:
    """Return the account that holds the diamonds reserved for the user's open withdrawals."""
    return guarded("held", user)


def diamond_balance(user: User) -> int:
    """Return how many diamonds the user can withdraw. One query."""
    return ledger.balance(diamonds_of(user))


def credit_diamonds(user: User, diamonds: int, *, reference: UUID, now: datetime | None = None) -> ledger.Posting:
    """Give a user the diamonds of a settled live, once per reference (the session's UUID)."""
    return ledger.post(
        debit=DIAMONDS_ISSUANCE,
        credit=diamonds_of(user),
        amount=diamonds,
        reason=Reason.SETTLE_DIAMONDS,
        reference=reference,
        now=now,
    )
