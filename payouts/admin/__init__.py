"""The operator's screens for rates, limits and withdrawals."""

from payouts.admin import accounts, rates, terms, withdrawals  # noqa: F401
