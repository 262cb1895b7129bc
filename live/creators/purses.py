"""A user's purse: coins, diamonds, and whether the user is a creator and live, for the bars of every page."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery

from live.models import Creator, LiveSession
from payouts.diamonds import diamonds_of
from people.models import User
from wallet.coins import coins_of
from wallet.models import Account


class Purse(NamedTuple):
    """A user's figures in the bars of a page. The balances are 0 for accounts that aren't open yet."""

    coins: int
    diamonds: int
    is_creator: bool
    is_live: bool


def read_purse(user: User) -> Purse:
    """Return the user's Purse. One query."""
    coins, diamonds = (_balance_of(account) for account in (coins_of(user), diamonds_of(user)))
    creators = Creator.objects.filter(pk=OuterRef("pk"))
    running = LiveSession.objects.filter(creator=OuterRef("pk"), ended_at=None)
    users = User.objects.filter(pk=user.pk)
    row = users.values_list(coins, diamonds, Exists(creators), Exists(running)).get()
    return Purse(row[0] or 0, row[1] or 0, row[2], row[3])


def _balance_of(account: Account) -> Subquery:
    return Subquery(Account.objects.filter(pk=account.pk).values("balance"))
