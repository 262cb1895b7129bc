"""The functions of `payouts.money` and `payouts.worth` as filters, builtin in every template."""

from django import template

from payouts import money, worth

register = template.Library()

for write in (
    money.whole,
    money.short,
    money.usd,
    money.plain_usd,
    money.usd_exact,
    money.coins_usd,
    money.diamonds_usd,
    money.diamonds_usd_exact,
    money.percent_of,
):
    register.filter(write.__name__, write)


@register.simple_tag
def rates_now() -> worth.Rates:
    """Give a template the Rates that count now, for pages whose app knows nothing of diamonds."""
    return worth.rates_at()


@register.filter
def points_to_diamonds(points: int | str) -> int:
    """Return the diamonds that points become when the live ends."""
    return worth.points_to_diamonds(int(points))


@register.filter
def where_coins_go(coins: int | str, rates: worth.Rates) -> worth.Breakdown:
    """Give a template the Breakdown of coins: viewer_micros, creator_micros, platform_micros."""
    return worth.where_coins_go(int(coins), rates)
