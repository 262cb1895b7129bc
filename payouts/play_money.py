"""Coins of the sandbox, or of a provider's test mode, cost nothing: a site with some in its books sends no dollars."""

from functools import cache

from django.conf import settings
from django.db.models import Q

from wallet.models import Recharge

PLAY_MONEY = (
    "Recharges that were paid in the sandbox or with test cards are in these books: their coins cost nothing, and this "
    "site's payout provider would pay real dollars for them."
)


class PlayMoney(Exception):
    """Nothing is sent: some of the diamonds may come from coins that cost nothing."""


def refuse_play_money() -> None:
    """Raise PlayMoney if the payout provider moves money and coins of the sandbox were credited."""
    if settings.PAYOUTS_MOVE_MONEY and sandbox_coins_are_out():
        raise PlayMoney(PLAY_MONEY)


@cache
def sandbox_coins_are_out() -> bool:
    """Return whether a recharge was paid with play money. Cached: a process whose payouts are real credits none."""
    is_play = Q(provider="sandbox") | Q(checkout__is_live=False)
    return Recharge.objects.filter(is_play, status=Recharge.Status.CONFIRMED).exists()
