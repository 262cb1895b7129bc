"""Creators and their followers."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.text.names import validate_name


class Creator(models.Model):
    """The public side of a user who goes live. It has the user's key, so a session needs no join for it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="creator")
    handle = models.SlugField(
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "Use small letters, digits and hyphens.")],
        help_text="The address of your page: small letters, digits and hyphens.",
    )
    name = models.CharField(max_length=30, validators=[validate_name])
    bio = models.CharField(max_length=200, blank=True)
    next_live = models.CharField("what comes next", max_length=80, blank=True, default="", db_default="")
    banner = models.CharField(max_length=30, blank=True, default="", db_default="", help_text="The name of a Picture.")
    message_coins = models.PositiveIntegerField(
        "messages with gifts from, in coins",
        null=True,
        blank=True,
        default=100,
        db_default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="A gift of this many coins or more may come with a message. Empty: none may.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    # Annotations of with_followers() and with_withdrawn().
    follower_count: int
    withdrawal_count: int

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message_coins=None) | Q(message_coins__gte=1), name="messages_from_a_coin_or_none"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Follow(models.Model):
    """A user follows a creator, once. The user is never that creator."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="followers")
    as_somebody = models.BooleanField(default=False, db_default=False, help_text="How the follower appeared then.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["creator", "-id"], name="newest_followers")]
        constraints = [
            models.UniqueConstraint(fields=["follower", "creator"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("creator")), name="nobody_follows_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.follower} follows {self.creator}"
