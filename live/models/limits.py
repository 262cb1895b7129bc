"""A viewer's own limits on what they give."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LARGEST_LIMIT_COINS = 100_000_000


class SpendingLimit(models.Model):
    """The most a viewer wants to give in a day and in a week (UTC), in coins, from a moment on. Null is no limit.

    The newest row that has begun is in force. A stricter one begins at once, a looser one 24 hours later. A row that
    was called off before it began never counts.
    """

    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="spending_limits", db_index=False)
    daily_coins = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_LIMIT_COINS)]
    )
    weekly_coins = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_LIMIT_COINS)]
    )
    starts_at = models.DateTimeField()
    asked_at = models.DateTimeField(default=timezone.now)
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["viewer", "-starts_at", "-id"], name="limits_of_viewer")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(daily_coins=None) | Q(daily_coins__gte=1, daily_coins__lte=LARGEST_LIMIT_COINS))
                & (Q(weekly_coins=None) | Q(weekly_coins__gte=1, weekly_coins__lte=LARGEST_LIMIT_COINS)),
                name="spending_limit_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(called_off_at=None) | Q(called_off_at__lt=F("starts_at")), name="called_off_before_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"Limits of {self.viewer}"
