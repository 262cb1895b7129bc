"""Moments from which a dated row counts: as an operator types them, and in words."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone
from django.utils.timezone import localtime

FURTHEST_DAYS = 2 * 365
A_MOMENT = timedelta(minutes=5)


def moment_in_words(moment: datetime) -> str:
    """Write a moment with its zone: 23 Nov 2026, 10:00 UTC."""
    return f"{localtime(moment):%-d %b %Y, %H:%M %Z}"


def since_in_words(moment: datetime) -> str:
    """Write from when on a row counts: from now on; from Friday 4 December, 00:00 UTC. Another year is named."""
    now, local = timezone.now(), localtime(moment)
    if moment <= now:
        return "from now on"
    year = "" if local.year == localtime(now).year else f" {local.year}"
    return f"from {local:%A %-d %B}{year}, {local:%H:%M %Z}"


def moment_from_now_on(moment: datetime | None) -> datetime:
    """Return the moment, or now if it is empty or passed within A_MOMENT. Raise ValidationError for any other."""
    now = timezone.now()
    if moment is None or now - A_MOMENT <= moment < now:
        return now
    if moment < now:
        raise forms.ValidationError("It can't count from a moment that has passed. Leave it empty for now.")
    if moment > now + timedelta(days=FURTHEST_DAYS):
        raise forms.ValidationError("It can't be announced more than two years ahead.")
    return moment


def labelled_moment() -> AdminSplitDateTime:
    """Return Django's pair of inputs for date and time, each with a label for screen readers."""
    widget = AdminSplitDateTime()
    for part, name in zip(widget.widgets, ("Date", "Time"), strict=True):
        part.attrs["aria-label"] = name
    return widget


class MomentField(forms.SplitDateTimeField):
    """A date and a time, or neither. A date alone is its 00:00 UTC."""

    WITHOUT_TIME = "A date without a time is 00:00 UTC."

    def __init__(self, *, help_text: str, **options: Any) -> None:
        words = f"{help_text} {self.WITHOUT_TIME}"
        super().__init__(required=False, widget=labelled_moment(), help_text=words, **options)

    def compress(self, data_list: tuple[date | None, time | None] | None) -> datetime | None:
        day, at = data_list or (None, None)
        if day and at is None:
            return datetime.combine(day, time.min, UTC)
        return super().compress(cast("tuple[date, time] | None", data_list))
