"""How a live's time and its settlement are written, and how it is shared."""

from django import template
from django.shortcuts import resolve_url
from django.utils import timezone

from live.sharing import code_of
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


@register.filter
def goal_words(goal):
    """Write how far a goal is: 31 of 40 different gifters; 18,420 of 20,000 points."""
    return f"{goal.so_far:,} of {goal.target:,} {_unit_of(goal)}"


@register.filter
def goal_reached(goal):
    """Say that a goal is reached, for those who didn't watch the bar."""
    return f"The goal of {goal.target:,} {_unit_of(goal)} is reached. Thank you."


def _unit_of(goal):
    one, many = ("gifter", "different gifters") if goal.counts_people else ("point", "points")
    return one if goal.target == 1 else many


@register.inclusion_tag("live/_share_sheet.html", takes_context=True)
def share_sheet(context, creator, live=None):
    """Show the sheet that shares a running live, or else its creator's page; `popovertarget="share"` opens it."""
    return addresses_of(context["request"], creator, live)


@register.inclusion_tag("live/_share_card.html", takes_context=True)
def share_card(context, creator, live=None):
    """Show the same in a card."""
    return addresses_of(context["request"], creator, live)


def addresses_of(request, creator, live):
    """Return the addresses to share under the host that the reader has come to, and the code of the first one."""
    live = live if live and live.is_live else None
    page_url = request.build_absolute_uri(resolve_url("creator", creator.handle))
    live_url = live and request.build_absolute_uri(resolve_url("room", live.pk))
    address = live_url or page_url
    return {
        "creator": creator,
        "is_own": creator.pk == request.user.pk,
        "live": live,
        "live_url": live_url,
        "page_url": page_url,
        "address": address,
        "code": code_of(address),
    }
