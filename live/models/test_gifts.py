"""Test gifts: a creator sends them to see what a gift looks like."""

from django.db import models
from django.utils import timezone

from live.models.catalog import Gift
from live.models.creators import Creator
from live.models.sessions import LiveSession


class TestGift(models.Model):
    """A gift that a creator sends to see what it looks like. No coins and no points: no sum contains it.

    Without a session, outside of a live, only the overlay shows it.
    """

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="test_gifts")
    session = models.ForeignKey(LiveSession, models.CASCADE, null=True, blank=True, related_name="test_gifts")
    gift = models.ForeignKey(Gift, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    # The price in coins, an annotation of queries.
    price: int

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["creator", "-id"], name="latest_test_gifts")]

    def __str__(self) -> str:
        return f"Test: {self.gift}"
