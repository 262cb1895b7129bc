"""The accounts by name. Each function returns an unsaved Account with name, unit, kind and owner, without a query.

`ledger.post()` opens a guarded account at its first credit. `ledger.open_account()` opens tally accounts. The first
migration creates the house accounts.
"""

from people.models import User
from wallet.models import Account, Kind, Unit


def house(name: str) -> Account:
    """Return one of the platform's own accounts, by name."""
    return Account(name=name, unit=UNIT_OF_PREFIX[name.split(":")[0]], kind=Kind.HOUSE)


def guarded(prefix: str, user: User) -> Account:
    """Return a user's guarded account, such as `coins:user:7`."""
    return Account(name=f"{prefix}:user:{user.pk}", unit=UNIT_OF_PREFIX[prefix], kind=Kind.GUARDED, owner_id=user.pk)


UNIT_OF_PREFIX = {
    "coins": Unit.COIN,
    "points": Unit.COIN,
    "diamonds": Unit.DIAMOND,
    "held": Unit.DIAMOND,
    "cents": Unit.CENT,
}

# A recharge debits issuance; points that are settled credit redeemed.
COINS_ISSUANCE = house("coins:issuance")
COINS_REDEEMED = house("coins:redeemed")
# A settled live debits issuance; a paid withdrawal credits redeemed.
DIAMONDS_ISSUANCE = house("diamonds:issuance")
DIAMONDS_REDEEMED = house("diamonds:redeemed")
# Money: from viewers to the platform, from the platform to creators.
CENTS_VIEWERS = house("cents:viewers")
CENTS_PLATFORM = house("cents:platform")
CENTS_CREATORS = house("cents:creators")
HOUSE = [
    COINS_ISSUANCE, COINS_REDEEMED, DIAMONDS_ISSUANCE, DIAMONDS_REDEEMED, CENTS_VIEWERS, CENTS_PLATFORM, CENTS_CREATORS,
]  # fmt: skip
# The guarded accounts of a user, by the prefix of their names.
UNIT_OF_USERS = {prefix: UNIT_OF_PREFIX[prefix] for prefix in ("coins", "diamonds", "held")}

# The platform's accounts in words; those of people are named by their owner.
HOUSE_NAMES = {
    COINS_ISSUANCE.name: "Coins issued",
    COINS_REDEEMED.name: "Coins redeemed",
    DIAMONDS_ISSUANCE.name: "Diamonds issued",
    DIAMONDS_REDEEMED.name: "Diamonds redeemed",
    CENTS_VIEWERS.name: "Viewers’ money",
    CENTS_PLATFORM.name: "The platform’s money",
    CENTS_CREATORS.name: "Creators’ money",
}


def name_of(account: Account) -> str:
    """Return an account in words: Vera; Cleo, held; Points of a live; Coins issued. Reads the owner."""
    if account.owner is not None:
        return f"{account.owner.name}, held" if account.name.startswith("held:") else account.owner.name
    return HOUSE_NAMES.get(account.name) or f"Points of live {account.name.rsplit(':', 1)[-1][:8]}"
