"""The coin accounts by name."""

from people.models import User
from wallet import ledger
from wallet.accounts import guarded
from wallet.models import Account

MICROS_PER_CENT = 10_000


def coins_of(user: User) -> Account:
    """Return the account that holds the user's coins."""
    return guarded("coins", user)


def coin_balance(user: User) -> int:
    """Return how many coins the user has; 0 before the first recharge. One query."""
    return ledger.balance(coins_of(user))


def exact_cents(coins: int, coin_micros: int) -> int:
    """Return the price of coins at face value in cents, rounded up: 380 at 10,000 micros = 380; 3 at 12,500 = 4."""
    return -(-coins * coin_micros // MICROS_PER_CENT)


def coins_to_micros(coins: int, coin_micros: int) -> int:
    """Return the price of coins at face value, in micros: 5 coins at 10,000 = 50,000 micros = $0.05."""
    return coins * coin_micros
