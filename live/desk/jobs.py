"""The worker's rounds and jobs as rows: which job failed, when and why, for the desk."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F, Q, QuerySet

from live.models import JobRun

ROUND = "round"


def note_round(succeeded: Collection[str], failed: Mapping[str, str], *, now: datetime) -> None:
    """Write the moment of a round, each job that failed in it ({name: error}), and each that succeeds again."""
    _write([JobRun(job=ROUND, succeeded_at=now)], ["succeeded_at"])
    _write(
        [JobRun(job=name, failed_at=now, error=error[:200]) for name, error in failed.items()], ["failed_at", "error"]
    )
    failing_jobs().filter(job__in=succeeded).update(succeeded_at=now)


def failing_jobs() -> QuerySet[JobRun]:
    """Return the jobs whose last run failed."""
    return JobRun.objects.filter(Q(succeeded_at=None) | Q(succeeded_at__lt=F("failed_at")), failed_at__isnull=False)


def _write(rows: list[JobRun], columns: list[str]) -> None:
    JobRun.objects.bulk_create(rows, update_conflicts=True, unique_fields=["job"], update_fields=columns)
