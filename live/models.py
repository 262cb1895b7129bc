"""The product: creators and who follows them, the gift catalog, live sessions, taps and settlements."""

import uuid
from pathlib import Path

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.names import validate_name
from wallet.dated import DatedRow

LARGEST_PRICE_COINS = 1_000_000
MOST_AT_ONCE = 99

ART_DIR = Path(settings.BASE_DIR) / "static" / "gifts"


def art_choices():
    """Return the gift art that ships with the site: operators choose from it, nobody uploads SVG."""
    return [(path.stem, path.stem.replace("-", " ").capitalize()) for path in sorted(ART_DIR.glob("*.svg"))]


class CurrentTransactionId(models.Func):
    """The id of the writing transaction on PostgreSQL; 0 on SQLite, where writers queue anyway."""

    output_field = models.BigIntegerField()

    def as_postgresql(self, compiler, connection, **context):
        return "(pg_current_xact_id()::text::bigint)", []

    def as_sqlite(self, compiler, connection, **context):
        return "0", []


class LiveTerms(DatedRow):
    """The thresholds of a live: who may receive gifts, what a gift may cost, when an abandoned live ends."""

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

    def __str__(self):
        numbers = f"{self.followers_needed:,} followers, gifts to {self.largest_gift_coins:,} coins"
        return f"{numbers} from {self.starts_at_utc:%d %b %Y}"


class Creator(models.Model):
    """The public side of somebody who goes live. Its key is the user's: a session knows its person without a join."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="creator")
    handle = models.SlugField(
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "Use small letters, digits and hyphens.")],
        help_text="The address of your page: small letters, digits and hyphens.",
    )
    name = models.CharField(max_length=30, validators=[validate_name])
    bio = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Follow(models.Model):
    """A user follows a creator, once; nobody follows themselves."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "creator"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("creator")), name="nobody_follows_themselves"),
        ]

    def __str__(self):
        return f"{self.follower} follows {self.creator}"


class Gift(models.Model):
    """A catalog item. Its price is a dated row; what was sent keeps the name, art and price it had."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=40, validators=[validate_name])
    art = models.CharField(max_length=40, choices=art_choices, help_text="One of the pictures that ship with the site.")
    order = models.PositiveIntegerField(
        default=100, validators=[MaxValueValidator(100_000)], help_text="Small comes first."
    )
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on it is out of the tray. What was sent stays as it was."
    )

    class Meta:
        ordering = ["order", "id"]

    def __str__(self):
        return self.name


class GiftPrice(DatedRow):
    """What a gift costs from a moment on, in coins."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="prices")
    coins = models.BigIntegerField(
        "price in coins", validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PRICE_COINS)]
    )

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["gift", "starts_at"], name="one_gift_price_at_a_time"),
            models.CheckConstraint(
                condition=Q(coins__gte=1, coins__lte=LARGEST_PRICE_COINS), name="gift_price_in_bounds"
            ),
        ]

    def __str__(self):
        return f"{self.gift}: {self.coins:,} coins from {self.starts_at_utc:%d %b %Y %H:%M} UTC"


class LiveSession(models.Model):
    """One live of one creator. Whether gifts are open is decided at its start and holds until its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    creator = models.ForeignKey(Creator, models.PROTECT, related_name="sessions")
    title = models.CharField(max_length=80)
    gifts_open = models.BooleanField()
    followers_at_start = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    creator_seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["started_at"], condition=Q(ended_at__isnull=True), name="sessions_now_live"),
            models.Index(fields=["creator", "ended_at"], name="sessions_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["creator"], condition=Q(ended_at__isnull=True), name="one_live_per_creator")
        ]

    def __str__(self):
        return self.title

    @property
    def is_live(self):
        return self.ended_at is None


class GiftTap(models.Model):
    """One accepted paid tap: `quantity` gifts at `price` coins each. Name, art and price are those of the button.

    A trigger refuses a tap in a session that has ended or is the viewer's own, under a lock that end_session awaits.
    """

    tap_id = models.UUIDField(unique=True)
    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="taps", db_index=False)
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="taps", db_index=False)
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="taps", db_index=False)
    name = models.CharField(max_length=40)
    art = models.CharField(max_length=40)
    price = models.BigIntegerField(help_text="Coins for one.")
    quantity = models.PositiveSmallIntegerField()
    coins = models.BigIntegerField(help_text="Coins for all: price times quantity.")
    # Ids become visible out of order; (transaction_id, id) below the oldest open transaction does not.
    transaction_id = models.BigIntegerField(db_default=CurrentTransactionId(), editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["session", "transaction_id", "id"], name="taps_in_feed_order"),
            models.Index(fields=["viewer", "created_at"], name="taps_of_viewer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MOST_AT_ONCE), name="tap_quantity_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=1, coins=F("price") * F("quantity")), name="tap_coins_are_price_times_quantity"
            ),
        ]

    def __str__(self):
        return f"{self.name} ×{self.quantity}"


class SessionTally(models.Model):
    """Points and gifts of a session up to a place in its feed, so that a page adds up only what came after.

    Written by the worker, and never relied on alone: a reader adds the taps behind it, check_books() recounts it.
    """

    session = models.OneToOneField(LiveSession, models.PROTECT, primary_key=True, related_name="tally")
    transaction_id = models.BigIntegerField()
    tap = models.ForeignKey(GiftTap, models.PROTECT, related_name="+", db_index=False)
    points = models.BigIntegerField()
    gifts = models.BigIntegerField()

    def __str__(self):
        return f"{self.points} points by tap {self.tap_id}"


class Settlement(models.Model):
    """How the points of a session became diamonds, exactly once."""

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
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0, diamonds=F("points")), name="settled_one_to_one")
        ]

    def __str__(self):
        return f"{self.points:,} points"


class Thanks(models.Model):
    """A creator's thanks to somebody who gave in a session, once each, in the creator's own words."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="thanks")
    gifter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="thanks_received")
    words = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "thanks"
        constraints = [models.UniqueConstraint(fields=["session", "gifter"], name="thanks_once_per_gifter")]

    def __str__(self):
        return self.words


class StatementClosing(models.Model):
    """Up to which month everybody's past is added up in StatementLine, so that a statement needn't read years of lives.

    Made by the worker from settlements and withdrawals, and proved by check_books(). Both tables hold nothing of their
    own: they may be emptied at any time, and the worker fills them anew.
    """

    until = models.DateField(unique=True, help_text="The first day of the first month that isn't added up, in UTC.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-until"]

    def __str__(self):
        return f"Everything before {self.until}"


class StatementLine(models.Model):
    """What one person's month (UTC) came to: lives at one pair of rates, or withdrawals that got so far."""

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

    def __str__(self):
        return f"{self.month:%b %Y}: {self.diamonds:,} diamonds {self.kind}"
