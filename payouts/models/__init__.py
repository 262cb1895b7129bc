"""Diamonds into money: dated rates and terms, payout accounts, quotes and withdrawals."""

from payouts.models.accounts import PayoutAccount, PayoutService
from payouts.models.terms import LARGEST_WEEKLY_CENTS, DiamondRate, PayoutTerms
from payouts.models.withdrawals import (
    ProviderHour,
    ProviderReport,
    Quote,
    WeeklyAllowance,
    Withdrawal,
    WithdrawalApproval,
    WithdrawalStep,
)

__all__ = [
    "LARGEST_WEEKLY_CENTS",
    "DiamondRate",
    "PayoutAccount",
    "PayoutService",
    "PayoutTerms",
    "ProviderHour",
    "ProviderReport",
    "Quote",
    "WeeklyAllowance",
    "Withdrawal",
    "WithdrawalApproval",
    "WithdrawalStep",
]
