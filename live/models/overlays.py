"""The overlay: a page for OBS that shows a creator's gifts, behind a secret token."""

import secrets
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from live.models.creators import Creator


def new_token() -> str:
    """Return 256 random bits as 43 characters that are safe in a path."""
    return secrets.token_urlsafe(32)


class Overlay(models.Model):
    """A creator's overlay and how its alerts look. A new token ends the old address at once."""

    class Position(models.TextChoices):
        TOP_LEFT = "top-left", "Top left"
        TOP = "top", "Top"
        TOP_RIGHT = "top-right", "Top right"
        MIDDLE = "middle", "Middle"
        BOTTOM_LEFT = "bottom-left", "Bottom left"
        BOTTOM = "bottom", "Bottom"
        BOTTOM_RIGHT = "bottom-right", "Bottom right"

    class Size(models.TextChoices):
        SMALL = "small", "Small"
        MEDIUM = "medium", "Medium"
        LARGE = "large", "Large"

    class Sound(models.TextChoices):
        NONE = "none", "No sound"
        CHIME = "chime", "Chime"
        CLAP = "clap", "Applause"
        DRUM = "drum", "Drum"

    creator = models.OneToOneField(Creator, models.CASCADE, primary_key=True, related_name="overlay")
    # An annotation of find_overlay().
    session_id: UUID | None
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    token_made_at = models.DateTimeField(default=timezone.now, editable=False)
    smallest_coins = models.PositiveIntegerField(
        "smallest gift, in coins", default=1, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    seconds = models.PositiveSmallIntegerField(
        "seconds for each alert", default=5, validators=[MinValueValidator(2), MaxValueValidator(30)]
    )
    position = models.CharField(max_length=12, choices=Position, default=Position.BOTTOM_LEFT)
    size = models.CharField(max_length=6, choices=Size, default=Size.MEDIUM)
    text = models.CharField(max_length=80, default="{name} sent {gift} {count}")
    sound = models.CharField(max_length=5, choices=Sound, default=Sound.NONE)
    volume = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(100)])
    reads_aloud = models.BooleanField("read messages aloud", default=False, db_default=False)
    heard_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(volume__lte=100), name="overlay_volume_in_bounds"),
            models.CheckConstraint(condition=Q(seconds__gte=2, seconds__lte=30), name="overlay_seconds_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"Overlay of {self.creator}"


class AlertVariant(models.Model):
    """How alerts differ from a value on: text, time and sound. Of several, the highest that a gift reaches counts."""

    overlay = models.ForeignKey(Overlay, models.CASCADE, related_name="variants", db_index=False)
    from_coins = models.PositiveIntegerField(
        "from, in coins", validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    text = models.CharField(max_length=80)
    seconds = models.PositiveSmallIntegerField(
        "seconds for each alert", default=5, validators=[MinValueValidator(2), MaxValueValidator(30)]
    )
    sound = models.CharField(max_length=5, choices=Overlay.Sound, default=Overlay.Sound.NONE)

    class Meta:
        ordering = ["from_coins"]
        constraints = [
            models.UniqueConstraint(fields=["overlay", "from_coins"], name="one_variant_from_a_value"),
            models.CheckConstraint(
                condition=Q(from_coins__gte=1, seconds__gte=2, seconds__lte=30), name="variant_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.from_coins:,} coins: {self.text}"
