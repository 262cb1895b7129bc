"""Filters that write a live's time, goal and settlement, and tags that share it."""

from datetime import datetime

from django import template
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone

from live.models import Creator, LiveSession, Settlement
from live.room.sharing import code_of
from live.sessions.goals import Goal
from live.totals.outcomes import Compared
from live.totals.stats import whole_minutes
from payouts import worth
from payouts.money import usd, usd_exact
from people.answers import Context

register = template.Library()
WORDS = {"cents": ("more", "less"), "tenths": ("more", "less"), "minutes": ("longer", "shorter")}


@register.filter
def lasting(started_at: datetime, ended_at: datetime | None = None) -> str:
    """Write how long a live has lasted, or did until `ended_at`: 42 min, 1 h 05 min; whole minutes, rounded down."""
    return in_unit(whole_minutes(started_at, ended_at or timezone.now()), "minutes")


@register.filter
def in_unit(number: int, unit: str) -> str:
    """Write a number: cents as $25.50, tenths as 4.6, minutes as 51 min or 1 h 05 min, anything else as 5,100."""
    if unit == "cents":
        return usd(number)
    if unit == "tenths":
        return f"{number // 10:,}.{number % 10}"
    if unit == "minutes":
        return f"{number} min" if number < 60 else f"{number // 60} h {number % 60:02d} min"
    return f"{number:,}"


@register.filter
def lacking(coins: int, have: int | str) -> int:
    """Return the coins that are missing of a price; 0 if there are enough, or if the template has no balance."""
    return max(0, coins - have) if isinstance(have, int) else 0


@register.filter
def difference(compared: Compared) -> str:
    """Write the difference to the live before: 19 fewer than 21; 4 min longer than 51 min."""
    if not compared.more:
        return "the same as before"
    word = WORDS.get(compared.unit, ("more", "fewer"))[compared.more < 0]
    apart, before = in_unit(abs(compared.more), compared.unit), in_unit(compared.before, compared.unit)
    return f"{apart} {word} than {before}"


@register.filter
def settled_usd(settlement: Settlement) -> str:
    """Write the worth of a settlement's diamonds at its rate, rounded down: 18,420 at 5,000 → $92.10."""
    return usd(worth.diamonds_to_cents(settlement.diamonds, settlement.rate_micros))


@register.filter
def why_rounded(diamonds: int, micros: int) -> str:
    """Write why a worth in cents is less than the exact one: 5 diamonds at 5,000 are $0.02, not $0.025."""
    cents, exact = usd(worth.diamonds_to_cents(diamonds, micros)), usd_exact(worth.diamonds_to_micros(diamonds, micros))
    if cents == exact:
        return ""
    return f"{cents} is {exact} rounded down to the cent; what is below a cent isn’t lost, it stays in the diamonds."


@register.filter
def goal_words(goal: Goal) -> str:
    """Write the progress of a goal: 31 of 40 different gifters; 18,420 of 20,000 points."""
    return f"{goal.so_far:,} of {goal.target:,} {_unit_of(goal)}"


@register.filter
def goal_aim(goal: Goal) -> str:
    """Write what a goal is for: 40 different gifters; 20,000 points."""
    return f"{goal.target:,} {_unit_of(goal)}"


@register.filter
def next_aim(goal: Goal) -> str:
    """Write the goal to offer after this one: 60 different gifters; 40,000 points."""
    return goal_aim(goal._replace(target=goal.next_target or goal.target))


@register.filter
def goal_reached(goal: Goal) -> str:
    """Write that a goal is reached, for readers who didn't watch the bar."""
    return f"The goal of {goal.target:,} {_unit_of(goal)} is reached. Thank you."


def _unit_of(goal: Goal) -> str:
    one, many = ("gifter", "different gifters") if goal.counts_people else ("point", "points")
    return one if goal.target == 1 else many


@register.inclusion_tag("live/sharing/_sheet.html", takes_context=True)
def share_sheet(context: Context, creator: Creator, live: LiveSession | None = None) -> Context:
    """Show the sheet that shares a running live, else the creator's page; `popovertarget="share"` opens it."""
    return addresses_of(context["request"], creator, live)


@register.inclusion_tag("live/sharing/_card.html", takes_context=True)
def share_card(context: Context, creator: Creator, live: LiveSession | None = None) -> Context:
    """Show the addresses of share_sheet() in a card."""
    return addresses_of(context["request"], creator, live)


def addresses_of(request: HttpRequest, creator: Creator, live: LiveSession | None) -> Context:
    """Return the addresses to share, with the host of the request, and the QR code of the first one."""
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
