"""The operator's screens for what coins and diamonds are worth, and for money on its way out."""

from payouts.admin import rates, terms, withdrawals  # noqa: F401
