"""Taps, their places in the feed, and the tallies that sum them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from live.faces import Face, face_of
from live.feed.cursors import cursor_text
from live.models.catalog import Gift
from live.models.creators import Creator
from live.models.sessions import LiveSession

MOST_AT_ONCE = 99


class GiftTap(models.Model):
    """One accepted paid tap: `quantity` gifts at `price` coins each. Name, art and price are those of the button.

    A trigger refuses a tap in an ended session or in the viewer's own. It locks the session's row, and end_session()
    waits for that lock.
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
    as_somebody = models.BooleanField(default=False, db_default=False, help_text="The viewer's name is for nobody.")
    created_at = models.DateTimeField(default=timezone.now)

    # Annotations of live/feed/feed.py.
    place: int
    points_so_far: int
    given: int
    said: str | None
    said_id: int | None

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["session", "id"], name="taps_of_session"),
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

    def __str__(self) -> str:
        return f"{self.name} ×{self.quantity}"

    @property
    def cursor(self) -> str:
        """The cursor of a page that has everything up to this tap. Only taps read through the feed have a place."""
        return cursor_text(self.place)

    @property
    def face(self) -> Face:
        return face_of(self.viewer, self.session_id, self.as_somebody)


class TapPlace(models.Model):
    """The place of a tap in the feed of its session: 1, 2, 3 and so on without a gap.

    live/feed/placing.py writes it, once. It has a table of its own, because taps are append-only and because an update
    would write every index of a tap again.
    """

    tap = models.OneToOneField(GiftTap, models.PROTECT, primary_key=True, related_name="placed")
    # No constraint: its check would lock the session's row, which the end of a live locks before it places taps.
    session = models.ForeignKey(
        LiveSession, models.PROTECT, related_name="placed_taps", db_constraint=False, db_index=False
    )
    place = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "place"], name="one_tap_per_place"),
            models.CheckConstraint(condition=Q(place__gte=1), name="places_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"tap {self.tap_id} at {self.place}"


class SessionTally(models.Model):
    """Points and gifts of a session up to a place in its feed, so that a page sums only the taps behind it.

    The worker writes it, and the end of the live completes it. check_books() recounts it. Every tap of the session
    with an id up to `all_up_to` has one of these places, so queries skip these ids.
    """

    session = models.OneToOneField(LiveSession, models.PROTECT, primary_key=True, related_name="tally")
    place = models.BigIntegerField()
    all_up_to = models.BigIntegerField(default=0)
    points = models.BigIntegerField()
    gifts = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.points} points by place {self.place}"


class GifterTally(models.Model):
    """Points and gifts of one face in a session up to the place of its SessionTally.

    The end of a live completes both, so later queries read no taps of that live.
    """

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="gifter_tallies", db_index=False)
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    as_somebody = models.BooleanField(default=False)
    points = models.BigIntegerField()
    gifts = models.BigIntegerField()
    first_gave_at = models.DateTimeField()
    last_gave_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "gifter tallies"
        indexes = [models.Index(fields=["session", "-points"], name="gifters_by_points")]
        constraints = [
            models.UniqueConstraint(fields=["session", "viewer", "as_somebody"], name="one_tally_per_gifter_and_face")
        ]

    def __str__(self) -> str:
        return f"{self.points} points of {self.viewer}"


class Supporter(models.Model):
    """Sums of one person by name over all ended lives of a creator, kept for ever. Without a viewer: all Somebodies.

    The transaction that settles a live adds its gifters' tallies; check_books() sums them again. All Somebodies of a
    creator share one row, so that no row links one live of a Somebody to the next.
    """

    creator = models.ForeignKey(Creator, models.PROTECT, related_name="supporters", db_index=False)
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="supports")
    lives = models.PositiveIntegerField(help_text="Ended lives in which something was given.")
    gifts = models.BigIntegerField()
    points = models.BigIntegerField()
    first_gave_at = models.DateTimeField()
    last_gave_at = models.DateTimeField()

    # Columns of live/totals/supporters.py: name and avatar of the viewer.
    name: str
    avatar: str

    class Meta:
        indexes = [
            models.Index(fields=["creator", "-points"], name="supporters_by_points"),
            models.Index(fields=["creator", "-lives"], name="supporters_by_lives"),
            models.Index(fields=["creator", "-last_gave_at"], name="supporters_by_last"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["creator", "viewer"], name="one_supporter_per_creator_and_viewer"),
            models.UniqueConstraint(fields=["creator"], condition=Q(viewer=None), name="somebodies_once_per_creator"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer or 'Somebody'}: {self.points} points in {self.lives} lives"
