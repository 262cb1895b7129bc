"""Amounts as text: with unit, thousands and cents. Templates get the same functions as filters."""

from payouts import worth
from people.text.numbers import in_dollars, in_exact_dollars


def whole(number: int | str) -> str:
    """Write a whole number with thousands: 62480 → 62,480."""
    return f"{int(number):,}"


def short(number: int | str) -> str:
    """Write a large number shortly, rounded down: 987 → 987, 1234 → 1.2K, 1000 → 1K, 2560000 → 2.5M."""
    number = int(number)
    for unit, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= unit:
            tenths = number * 10 // unit
            return f"{tenths // 10:,}{letter}" if tenths % 10 == 0 or tenths >= 1_000 else f"{tenths / 10:.1f}{letter}"
    return str(number)


def usd(cents: int | str) -> str:
    """Write cents as dollars: 31240 → $312.40."""
    return in_dollars(int(cents))


def plain_usd(cents: int | str) -> str:
    """Write cents as a bare number of dollars for machines and inputs: 100000 → 1000.00."""
    return f"{int(cents) // 100}.{int(cents) % 100:02d}"


def usd_exact(micros: int | str) -> str:
    """Write micros as dollars with as many digits as they need, at least two: 25000 → $0.025, 50000 → $0.05."""
    return in_exact_dollars(int(micros))


def coins_usd(coins: int | str, rates: worth.Rates) -> str:
    """Write the price of coins: 5 coins → $0.05."""
    return usd_exact(worth.coins_to_micros(int(coins), rates))


def diamonds_usd(diamonds: int | str, rates: worth.Rates) -> str:
    """Write the worth of diamonds, rounded down to cents: 19,999 → $99.99."""
    return usd(worth.diamonds_to_cents(int(diamonds), rates.diamond_micros))


def diamonds_usd_exact(diamonds: int | str, rates: worth.Rates) -> str:
    """Write the worth of diamonds, unrounded: 5 → $0.025."""
    return usd_exact(worth.diamonds_to_micros(int(diamonds), rates.diamond_micros))


def percent_of(part: int | str, whole_amount: int | str) -> int:
    """Return a share in whole percent: 25000 of 50000 → 50."""
    return round(100 * int(part) / int(whole_amount)) if whole_amount else 0
