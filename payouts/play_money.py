"""Coins of the sandbox cost nothing, so a site with some in its books may send no dollars."""

from functools import cache

from django.conf import settings

from wallet.models import Recharge

PLAY_MONEY = (
    "Recharges that were paid in the sandbox are in these books: their coins cost nothing, and this site's payout "
    "provider would pay real dollars for them."
)


class PlayMoney(Exception):
    """Nothing is sent: some of the diamonds may come from coins that cost nothing."""


def refuse_play_money() -> None:
    """Raise PlayMoney if the payout provider moves money and coins of the sandbox were credited."""
    if settings.PAYOUTS_MOVE_MONEY and sandbox_coins_are_out():
        raise PlayMoney(PLAY_MONEY)


@cache
def sandbox_coins_are_out() -> bool:
    """Return whether a recharge was paid in the sandbox. Cached: a process whose payouts are real credits none."""
    return Recharge.objects.filter(provider="sandbox", status=Recharge.Status.CONFIRMED).exists()
