"""Rows of the operator's desk: the platform's sums of closed days, the worker's last round and its failed jobs."""

from django.db import models
from django.utils import timezone


class ClosedDay(models.Model):
    """Sums of the whole platform over one day (UTC) that is over.

    The worker writes it from transfers, settlements and people, and check_books() proves its money. The table is a
    cache: it may be emptied at any time, and the worker fills it again.
    """

    day = models.DateField(unique=True)
    recharges = models.BigIntegerField(help_text="Paid recharges.")
    coins = models.BigIntegerField("coins sold")
    cents = models.BigIntegerField("cents received")
    lives = models.BigIntegerField(help_text="Lives that were settled.")
    gifts = models.BigIntegerField(help_text="Gifts of these lives.")
    points = models.BigIntegerField(help_text="Coins of these gifts.")
    gift_cents = models.BigIntegerField("face value of these coins in cents")
    kept_micros = models.BigIntegerField("kept of them, in millionths of a dollar")
    payouts = models.BigIntegerField(help_text="Paid withdrawals, less those that came back.")
    paid_cents = models.BigIntegerField("paid out in cents", help_text="Less what came back.")
    fee_cents = models.BigIntegerField("fees of payout providers in cents", help_text="As they reported them.")
    gifters = models.BigIntegerField(help_text="Different people who gave in these lives.")
    new_people = models.BigIntegerField()
    creators = models.BigIntegerField(
        "creators with gifts", null=True, help_text="With enough followers when the day was closed."
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%-d %b %Y}"


class JobRun(models.Model):
    """The last success and the last failure of one of the worker's jobs; `round` stands for whole rounds."""

    job = models.CharField(max_length=60, primary_key=True)
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["job"]

    def __str__(self) -> str:
        return self.job.replace("_", " ")
