"""Close months: add up the months that are over for all creators, so that a statement needn't read years of lives."""

from datetime import UTC, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from live.models import StatementClosing, StatementLine
from live.statements.statements import sum_up
from live.statements.telling import tell_of_statements

# A transaction that began before midnight has committed by then, and servers' clocks differ by less.
AFTER = timedelta(days=1)
BATCH = 2_000


def close_months() -> int:
    """Add up the months that are over and not closed yet; return the number of new lines. Safe to repeat."""
    over = (timezone.now() - AFTER).astimezone(UTC).date().replace(day=1)
    last = StatementClosing.objects.order_by("-until").values_list("until", flat=True).first()
    if last is not None and last >= over:
        return 0
    try:
        with transaction.atomic():
            # Insert this row first: its unique key stops the second of two workers.
            StatementClosing.objects.create(until=over)
            lines = StatementLine.objects.bulk_create(sum_up(since=last, until=over), batch_size=BATCH)
            newest = (over - timedelta(days=1)).replace(day=1)
            people = {line.person_id for line in lines if line.month == newest}
            tell_of_statements(newest, people, now=timezone.now())
    except IntegrityError:
        if StatementClosing.objects.filter(until__gte=over).exists():
            return 0
        raise
    return len(lines)
