"""Diamonds of a creator, earned and held, without a live or a withdrawal."""

from uuid import uuid4

from payouts.diamonds import diamonds_of, held_of
from wallet import accounts, ledger
from wallet.models import Reason


def earn(user, diamonds):
    return ledger.post(
        debit=accounts.DIAMONDS_ISSUANCE,
        credit=diamonds_of(user),
        amount=diamonds,
        reason=Reason.SETTLE_DIAMONDS,
        reference=uuid4(),
    )


def hold(user, diamonds, reference=None, **fields):
    fields = {"debit": diamonds_of(user), "credit": held_of(user), **fields}
    return ledger.post(amount=diamonds, reason=Reason.HOLD, reference=reference or uuid4(), **fields)


def holdings(user):
    return ledger.balance(diamonds_of(user)), ledger.balance(held_of(user))
