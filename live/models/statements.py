"""Sums of months that are over, for statements."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class StatementClosing(models.Model):
    """The month up to which StatementLine holds everybody's sums, so that a statement needn't read years of lives.

    The worker writes it from settlements and withdrawals, and check_books() proves it. Both tables are a cache: they
    may be emptied at any time, and the worker fills them again.
    """

    until = models.DateField(unique=True, help_text="The first day of the first month that isn't added up, in UTC.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return f"Everything before {self.until}"


class StatementLine(models.Model):
    """Sums of one person's month (UTC): lives at one pair of rates, or withdrawals that reached a status."""

    class Kind(models.TextChoices):
        EARNED = "earned", "Earned"
        REQUESTED = "requested", "Requested"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        RETURNED = "returned", "Returned"
        CAME_BACK = "came-back", "Returned after it was paid"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    # Millionths of a dollar, of lives alone; 0 on lines of withdrawals.
    rate_micros = models.BigIntegerField(default=0)
    coin_micros = models.BigIntegerField(default=0)
    count = models.BigIntegerField(help_text="Lives, or withdrawals.")
    gifts = models.BigIntegerField(default=0)
    diamonds = models.BigIntegerField()
    cents = models.BigIntegerField(default=0, help_text="Of withdrawals.")

    class Meta:
        ordering = ["month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "kind", "rate_micros", "coin_micros"], name="one_line_per_kind_and_rates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%b %Y}: {self.diamonds:,} diamonds {self.kind}"
