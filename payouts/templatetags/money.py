"""How amounts are written: with unit, thousands and cents. Builtin in every template."""

from django import template

from payouts import worth
from people.text.numbers import in_dollars

register = template.Library()


@register.filter
def whole(number):
    """Write a whole number with thousands: 62480 → 62,480."""
    return f"{int(number):,}"


@register.filter
def short(number):
    """Write a large number shortly, rounded down: 987 → 987, 1234 → 1.2K, 1000 → 1K, 2560000 → 2.5M."""
    number = int(number)
    for unit, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= unit:
            tenths = number * 10 // unit
            return f"{tenths // 10:,}{letter}" if tenths % 10 == 0 or tenths >= 1_000 else f"{tenths / 10:.1f}{letter}"
    return str(number)


@register.filter
def usd(cents):
    """Write cents as dollars: 31240 → $312.40."""
    return in_dollars(int(cents))


@register.filter
def plain_usd(cents):
    """Write cents as a bare number of dollars for machines and inputs: 100000 → 1000.00."""
    return f"{int(cents) // 100}.{int(cents) % 100:02d}"


@register.filter
def usd_exact(micros):
    """Write micros as dollars with as many digits as they need, at least two: 25000 → $0.025, 50000 → $0.05."""
    micros = int(micros)
    digits = f"{abs(micros) % 1_000_000:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}${abs(micros) // 1_000_000:,}.{digits}"


@register.simple_tag
def rates_now():
    """Give a template the Rates that count now, for pages whose app knows nothing of diamonds."""
    return worth.rates_at()


@register.filter
def coins_usd(coins, rates):
    """Write what coins cost a viewer: 5 coins → $0.05."""
    return usd_exact(worth.coins_to_micros(int(coins), rates))


@register.filter
def diamonds_usd(diamonds, rates):
    """Write what diamonds (or points, one for one) are worth, rounded down to cents: 19,999 → $99.99."""
    return usd(worth.diamonds_to_cents(int(diamonds), rates.diamond_micros))


@register.filter
def diamonds_usd_exact(diamonds, rates):
    """Write what diamonds (or points) are worth, unrounded: 5 → $0.025."""
    return usd_exact(worth.diamonds_to_micros(int(diamonds), rates))


@register.filter
def where_coins_go(coins, rates):
    """Give a template the Breakdown of coins: viewer_micros, creator_micros, platform_micros."""
    return worth.where_coins_go(int(coins), rates)


@register.filter
def percent_of(part, whole_amount):
    """Write a share in whole percent: 25000 of 50000 → 50."""
    return round(100 * int(part) / int(whole_amount)) if whole_amount else 0
