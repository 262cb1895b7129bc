"""Live sessions, their terms, their settlements, and the creator's thanks."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from live.models.catalog import LARGEST_PRICE_COINS
from live.models.categories import Category
from live.models.creators import Creator
from wallet.dated import DatedRow


class LiveTerms(DatedRow):
    """Thresholds: followers needed to receive gifts, the largest price, and minutes until an abandoned live ends."""

    followers_needed = models.PositiveIntegerField(
        "followers needed to receive gifts", validators=[MaxValueValidator(10_000_000)]
    )
    largest_gift_coins = models.PositiveIntegerField(
        "most a gift may cost, in coins", validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PRICE_COINS)]
    )
    abandoned_after_minutes = models.PositiveIntegerField(
        "minutes without its creator until a live is ended", validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )

    class Meta(DatedRow.Meta):
        abstract = False
        verbose_name_plural = "live terms"
        constraints = [models.UniqueConstraint(fields=["starts_at"], name="one_live_terms_at_a_time")]

    def __str__(self) -> str:
        numbers = f"{self.followers_needed:,} followers, gifts to {self.largest_gift_coins:,} coins"
        return f"{numbers} from {self.starts_at_utc:%d %b %Y}"


class LiveSession(models.Model):
    """One live of one creator. `gifts_open` is set at its start and never changes."""

    class Goal(models.TextChoices):
        POINTS = "points", "Points"
        GIFTERS = "gifters", "Different gifters"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    creator = models.ForeignKey(Creator, models.PROTECT, related_name="sessions")
    title = models.CharField(max_length=80)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="sessions", db_index=False
    )
    gifts_open = models.BooleanField()
    followers_at_start = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    creator_seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Chosen by the creator before the start. Without the tray, gifts aren't open.
    tray_wanted = models.BooleanField(default=True)
    goal_kind = models.CharField(max_length=7, choices=Goal, blank=True)
    goal = models.PositiveIntegerField(null=True, blank=True, help_text="Points, or different gifters.")
    video_url = models.URLField("address of the video (HLS)", blank=True, max_length=400)
    peak_viewers = models.PositiveIntegerField(default=0)

    # Annotations of live/feed/tallies.py, live/feed/placing.py and live/totals/.
    points_so_far: int
    gifts_so_far: int
    newest_place: int | None
    follower_count: int
    is_followed: bool
    new_followers: int
    first_timers: int
    comment_count: int
    # Of the operator's front page; `all_count` counts every running live.
    viewers: int | None
    points_a_minute: int
    all_count: int

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["started_at"], condition=Q(ended_at__isnull=True), name="sessions_now_live"),
            models.Index(
                fields=["category", "started_at"], condition=Q(ended_at__isnull=True), name="sessions_live_by_category"
            ),
            models.Index(fields=["creator", "ended_at"], name="sessions_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["creator"], condition=Q(ended_at__isnull=True), name="one_live_per_creator"
            ),
            models.CheckConstraint(
                condition=Q(goal_kind="", goal=None) | Q(goal_kind__in=["points", "gifters"], goal__gte=1),
                name="goal_has_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        return self.ended_at is None


class Settlement(models.Model):
    """Points of a session that became diamonds at its end, exactly once."""

    session = models.OneToOneField(LiveSession, models.PROTECT, primary_key=True, related_name="settlement")
    points = models.BigIntegerField()
    diamonds = models.BigIntegerField()
    gifts = models.BigIntegerField()
    gifters = models.PositiveIntegerField()
    rate_micros = models.BigIntegerField(
        help_text="What a diamond was worth at that moment, in millionths of a dollar."
    )
    ended_by = models.CharField(max_length=40)
    settled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-settled_at"]
        indexes = [models.Index(fields=["settled_at"], name="settlements_by_moment")]
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0, diamonds=F("points")), name="settled_one_to_one")
        ]

    def __str__(self) -> str:
        return f"{self.points:,} points"


class Thanks(models.Model):
    """A creator's thanks to a face that gave in a session, once each, in the creator's own words."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="thanks")
    gifter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="thanks_received")
    as_somebody = models.BooleanField(default=False, help_text="The creator thanked Somebody, and knows no name.")
    words = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "thanks"
        constraints = [
            models.UniqueConstraint(fields=["session", "gifter", "as_somebody"], name="thanks_once_per_gifter_and_face")
        ]

    def __str__(self) -> str:
        return self.words
