"""Whether books, worker and providers are well: the last check, the last round, the last answers."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Subquery
from django.utils import timezone

from live.desk.jobs import ROUND, failing_jobs
from live.models import JobRun
from payouts.models import ProviderHour
from wallet.gateways import payment_providers
from wallet.models import BooksCheck, PaymentEvent

# The worker notes a round every ten seconds and checks the books every hour.
LATE_ROUND = timedelta(minutes=2)
LATE_CHECK = timedelta(hours=3)
AN_HOUR = timedelta(hours=1)
NOT_OURS = Q(outcome__startswith="refused") | Q(outcome="no such recharge")


class Books(NamedTuple):
    """The last check of the books; `is_late` if the hourly one is missing."""

    check: BooksCheck | None
    is_late: bool


class Worker(NamedTuple):
    """The worker's last round, and the jobs whose last run failed."""

    round_at: datetime | None
    is_late: bool
    failing: list[JobRun]

    @property
    def is_well(self) -> bool:
        return not (self.is_late or self.failing)


class Provider(NamedTuple):
    """The last answer of a provider, its calls and failures within the last hour, and the model of these rows."""

    name: str
    does: str
    heard_at: datetime | None
    failures: int
    calls: int
    model: str
    trouble: str = ""

    @property
    def list(self) -> str:
        """The name of the address of the rows behind it."""
        return f"admin:{self.model}_changelist"


def books_now(now: datetime | None = None) -> Books:
    """Return the Books. One query."""
    check = BooksCheck.objects.first()
    return Books(check, check is not None and (now or timezone.now()) - check.checked_at > LATE_CHECK)


def worker_now(now: datetime | None = None) -> Worker:
    """Return the Worker. One query."""
    failing = failing_jobs().values("job")
    rows = list(JobRun.objects.filter(Q(job=ROUND) | Q(job__in=failing)))
    round_at = next((row.succeeded_at for row in rows if row.job == ROUND), None)
    is_late = round_at is None or (now or timezone.now()) - round_at > LATE_ROUND
    return Worker(round_at, is_late, [row for row in rows if row.job != ROUND])


def payment_providers_now(now: datetime | None = None) -> list[Provider]:
    """Return each payment provider. One query for each."""
    return [payment_provider_now(name, now) for name in payment_providers()]


def payment_provider_now(name: str, now: datetime | None = None) -> Provider:
    """Return a payment provider's last message, and its refused ones within the last hour. One query."""
    events = PaymentEvent.objects.filter(provider=name).order_by()
    recent = events.filter(received_at__gt=(now or timezone.now()) - AN_HOUR)
    # The counts read the last hour alone; an aggregate beside the newest moment would read every message.
    counts = {"calls": _count_of(recent), "failures": _count_of(recent.filter(NOT_OURS))}
    row = events.annotate(**counts).order_by("-received_at").values_list("received_at", *counts).first()
    heard_at, calls, failures = row or (None, 0, 0)
    return Provider(name, "payments", heard_at, failures or 0, calls or 0, "wallet_paymentevent")


def _count_of(events: QuerySet[PaymentEvent]) -> Subquery:
    return Subquery(events.values("provider").annotate(n=Count("pk")).values("n"))


def payout_provider_now(now: datetime | None = None) -> Provider:
    """Return the payout provider's last answer, and its failures in this hour and the one before. One query."""
    now = now or timezone.now()
    rows = list(ProviderHour.objects.filter(provider=settings.PAYOUT_PROVIDER)[:2])
    recent = [row for row in rows if row.hour > now - 2 * AN_HOUR]
    return Provider(
        settings.PAYOUT_PROVIDER,
        "payouts",
        max((row.answered_at for row in rows if row.answered_at), default=None),
        sum(row.failures for row in recent),
        sum(row.calls for row in recent),
        "payouts_providerhour",
        next((row.trouble for row in recent if row.trouble), ""),
    )
