"""Counts of the calls to payout providers by the hour, the last answer, and the calls without a usable one."""

from datetime import UTC, datetime, timedelta

from django.db.models import F

from payouts.gateways import Answer, PayoutAnswer
from payouts.models import ProviderHour

FORGET = timedelta(days=90)


def note_call(provider: str, answer: PayoutAnswer, *, now: datetime) -> None:
    """Count one call to a provider. Call it once the answer is recorded, so that it can't lose one."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    row, is_new = ProviderHour.objects.get_or_create(provider=provider, hour=hour)
    if is_new:
        ProviderHour.objects.filter(hour__lt=now - FORGET).delete()
    failed = answer.answer == Answer.UNKNOWN
    news = {"failed_at": now, "trouble": answer.why[:200]} if failed else {"answered_at": now}
    ProviderHour.objects.filter(pk=row.pk).update(calls=F("calls") + 1, failures=F("failures") + int(failed), **news)
