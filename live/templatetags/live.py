"""How a live's time and its settlement are written."""

from django import template
from django.utils import timezone

from payouts import worth
from payouts.templatetags.money import usd

register = template.Library()


@register.filter
def lasting(started_at, ended_at=None):
    """Write how long a live has lasted, or did until `ended_at`: 42 min, 1 h 05 min; whole minutes, rounded down."""
    minutes = max(0, int(((ended_at or timezone.now()) - started_at).total_seconds()) // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


@register.filter
def settled_usd(settlement):
    """Write what the diamonds of a settlement were worth at its rate, rounded down: 18,420 at 5,000 → $92.10."""
    return usd(worth.diamonds_to_cents(settlement.diamonds, settlement.rate_micros))
