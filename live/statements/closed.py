"""Closing of months: adds up everybody's months that are over, so that no statement reads years of lives again."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from live.models import StatementClosing, StatementLine
from live.statements.statements import sum_up, today

# What was begun before midnight is committed by then, and servers' clocks differ by less.
AFTER = timedelta(days=1)
BATCH = 2_000


def close_months(*, now=None):
    """Add up the months that are over and not closed yet; return how many lines that made. Safe to repeat."""
    over = today((now or timezone.now()) - AFTER).replace(day=1)
    last = StatementClosing.objects.order_by("-until").values_list("until", flat=True).first()
    if last is not None and last >= over:
        return 0
    try:
        with transaction.atomic():
            # First of all: the unique key lets one of two workers through.
            StatementClosing.objects.create(until=over)
            lines = StatementLine.objects.bulk_create(sum_up(since=last, until=over), batch_size=BATCH)
    except IntegrityError:
        if StatementClosing.objects.filter(until__gte=over).exists():
            return 0
        raise
    return len(lines)
