"""Effects of other terms of lives on the creators of today, in sentences for the form that would set them."""

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from live.gifts.catalog import dearest_gift
from live.models import Creator, LiveSession, LiveTerms, Settlement
from payouts.effects import LATELY, OF_LATE, counted
from payouts.money import whole

A_WEEK = timedelta(days=7)
KEEPS = "A live that runs then keeps what it began with."


def live_terms_effects(before: LiveTerms, after: LiveTerms) -> dict[str, str]:
    """Return the effects of the terms that differ, by column. At most four queries."""
    now = timezone.now()
    said = {}
    if before.followers_needed != after.followers_needed:
        said["followers_needed"] = _of_gate(before.followers_needed, after.followers_needed, now)
    if before.largest_gift_coins != after.largest_gift_coins:
        gift = dearest_gift(after.starts_at)
        said["largest_gift_coins"] = f"The dearest gift is {gift}, {counted(gift.coins, 'coin')}." if gift else ""
    if before.abandoned_after_minutes != after.abandoned_after_minutes:
        ended = Settlement.objects.filter(settled_at__gte=now - OF_LATE, ended_by="worker").count()
        said["abandoned_after_minutes"] = f"Lives that ended without their creator {LATELY}: {whole(ended)}."
    return said


def _of_gate(before: int, after: int, now: datetime) -> str:
    """Say how many creators come to be above or below the gate, and how many lives of the last week."""
    counts = Creator.objects.order_by().annotate(count=Count("followers"))
    creators = counts.filter(count__gte=min(before, after), count__lt=max(before, after)).count()
    began = LiveSession.objects.filter(started_at__gte=now - A_WEEK, tray_wanted=True)
    lives = began.filter(followers_at_start__gte=min(before, after), followers_at_start__lt=max(before, after)).count()
    if after > before:
        who, which = "can get gifts now, and could not then", "would have been without gifts"
    else:
        who, which = "could get gifts then, and can not now", "would have had gifts"
    return f"Creators who {who}: {whole(creators)}. Lives of the last 7 days that {which}: {whole(lives)}. {KEEPS}"
