"""The overlay: its secret address, the live that its page listens to, and the time of its last request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from live.comments.comments import hidden_messages
from live.faces import Face
from live.feed.cursors import cursor_text
from live.feed.feed import newest_place
from live.feed.placing import place_taps
from live.gifts.catalog import with_prices
from live.models import AlertVariant, Creator, Gift, LiveSession, Overlay, TestGift, new_token
from live.overlay.variants import variants_of
from live.room.page import LARGE_GIFT_COINS

# An open page asks for news every ASK_SECONDS. The time of its last request is written less often, and after several
# missed requests the page counts as gone.
ASK_SECONDS = 3
HEARD_EVERY = timedelta(seconds=5)
GONE_AFTER = timedelta(seconds=20)
# A page that was offline doesn't show older tests: their creator no longer waits for them.
TEST_LASTS = timedelta(minutes=1)
MOST_TESTS = 20
# The fields that the page of the overlay gets. None is secret.
SETTINGS = ("smallest_coins", "seconds", "position", "size", "text", "sound", "volume", "reads_aloud")
VARIANT = ("from_coins", "text", "seconds", "sound")
# An alert is on screen within ten seconds, so an older message needs no taking back.
MESSAGE_LASTS = timedelta(minutes=2)
# Placeholders that the text of an alert may contain, in braces.
PLACEHOLDERS = ("name", "gift", "count", "coins")


class Connection(NamedTuple):
    """Whether a creator's overlay is open, by the time of its last request (None: it never made one)."""

    is_connected: bool
    heard_at: datetime | None
    seconds_ago: int | None


class ShownGift(NamedTuple):
    """A test gift or an example, with the fields that the row of a tap has."""

    face: Face
    gift: Gift
    quantity: int
    price: int
    id: None = None

    @property
    def gift_id(self) -> int:
        return self.gift.pk

    @property
    def name(self) -> str:
        return self.gift.name

    @property
    def art(self) -> str:
        return self.gift.art

    @property
    def coins(self) -> int:
        return self.price * self.quantity


class News(NamedTuple):
    """The answer to an open overlay: the running live or None, the cursor to start from, and test gifts.

    `unsaid` are the ids of messages that are no longer shown.
    """

    session_id: UUID | None
    cursor: str | None
    tests: list[ShownGift]
    mark: int
    unsaid: list[int]


# --- The address -------------------------------------------------------------------------------


def overlay_of(creator: Creator) -> Overlay:
    """Return a creator's Overlay, or an unsaved one with the defaults: reading a page writes no row."""
    return Overlay.objects.filter(pk=creator.pk).first() or Overlay(creator=creator)


def make_overlay(creator: Creator) -> Overlay:
    """Return a creator's Overlay; create it if it is missing."""
    return Overlay.objects.get_or_create(creator=creator)[0]


def renew_token(creator: Creator) -> Overlay:
    """Give a creator's overlay a new address and return it. The old address answers 404 from now on."""
    fresh = {"token": new_token(), "token_made_at": timezone.now(), "heard_at": None}
    return Overlay.objects.update_or_create(creator=creator, defaults=fresh)[0]


def save_settings(creator: Creator, **settings: str | int) -> Overlay:
    """Change how a creator's alerts look and sound. Open pages read the change with their next request."""
    return Overlay.objects.update_or_create(creator=creator, defaults=settings)[0]


def find_overlay(token: str) -> Overlay:
    """Return the Overlay behind an address, with its creator and `session_id`, the running live's. One query.

    Raise Overlay.DoesNotExist, also if the creator's account is deactivated.
    """
    running = LiveSession.objects.filter(creator=OuterRef("pk"), ended_at=None).values("pk")[:1]
    overlays = Overlay.objects.filter(creator__user__is_active=True).select_related("creator__user")
    return overlays.annotate(session_id=Subquery(running)).get(token=token)  # type: ignore[no-redef]


def name_of_memory(overlay: Overlay) -> str:
    """Return the key under which a browser stores which alerts it has shown: a hash of the token, not the token."""
    return salted_hmac("live.overlays", overlay.token, algorithm="sha256").hexdigest()[:16]


# --- Settings, news, examples --------------------------------------------------------------------


Settings: TypeAlias = dict[str, str | int | bool | list[dict[str, str | int]]]


def settings_of(overlay: Overlay, variants: list[AlertVariant] | None = None) -> Settings:
    """Return the settings of a page: those of all alerts, and `variants` from the highest value down.

    One query, unless the variants are known.
    """
    known = variants_of(overlay) if variants is None else variants
    special = [{name: getattr(variant, name) for name in VARIANT} for variant in reversed(known)]
    return {**{name: getattr(overlay, name) for name in SETTINGS}, "variants": special}


def news_for(overlay: Overlay, mark: int | None = None) -> News:
    """Return the News for an overlay that knows of test gifts up to `mark`.

    A page that has just been opened has no mark: it starts behind the newest tap and the newest test.
    """
    if mark is None:
        newest = overlay.creator.test_gifts.order_by("-id").values_list("id", flat=True).first()
        return News(overlay.session_id, _cursor_of(overlay.session_id), [], newest or 0, [])
    tests = list(_tests_after(overlay.creator, mark))
    unsaid: list[int] = []
    if overlay.session_id is not None:
        hidden = hidden_messages(overlay.session_id, timezone.now() - MESSAGE_LASTS)
        unsaid = list(hidden.values_list("pk", flat=True))
    mark = tests[-1].pk if tests else mark
    return News(overlay.session_id, None, [show_test(test) for test in tests], mark, unsaid)


def _cursor_of(session_id: UUID | None) -> str | None:
    if session_id is None:
        return None
    session = LiveSession(pk=session_id)
    newest = place_taps(session)
    return cursor_text(newest_place(session) if newest is None else newest)


def _tests_after(creator: Creator, mark: int) -> QuerySet[TestGift]:
    # One creator sends these one by one, so ids follow the order of their commits.
    lately = Q(pk__gt=mark, created_at__gt=timezone.now() - TEST_LASTS)
    price = with_prices(Gift.objects.filter(pk=OuterRef("gift"))).values("coins")  # type: ignore[misc]
    tests = creator.test_gifts.filter(lately).select_related("gift").order_by("pk")
    return tests.annotate(price=Coalesce(Subquery(price), 1))[:MOST_TESTS]  # type: ignore[no-redef]


def show_test(test: TestGift) -> ShownGift:
    """Return a test gift as an alert shows it: from its creator, at the present price."""
    face = Face("test", test.creator.name, test.creator.user.avatar)
    return ShownGift(face, test.gift, 1, test.price)


def examples(gifts: Sequence[Gift]) -> list[ShownGift]:
    """Return sample alerts for the preview and the demo: a small gift, a combo, a long name and a large gift."""
    if not gifts:
        return []
    by_price = sorted(gifts, key=lambda gift: gift.coins)
    large = next((gift for gift in by_price if gift.coins >= LARGE_GIFT_COINS), by_price[-1])
    middle = [gift for gift in by_price if gift.coins < LARGE_GIFT_COINS] or by_price
    small = next((gift for gift in middle if gift.coins > 1), middle[0])
    cast = [
        ("Noor", "owl", small, 1),
        ("Imani", "fox", middle[len(middle) // 2], 12),
        ("Maximiliane von Hohenstein", "turtle", middle[-1], 1),
        ("Sol", "lion", large, 1),
    ]
    return [
        ShownGift(Face(f"example-{number}", name, avatar), gift, quantity, gift.coins)
        for number, (name, avatar, gift, quantity) in enumerate(cast)
    ]


# --- The last request -----------------------------------------------------------------------------


def say_heard(overlay: Overlay, *, now: datetime | None = None) -> None:
    """Write that an overlay is open, at most once per HEARD_EVERY. No query if the last write is more recent."""
    now = now or timezone.now()
    if overlay.heard_at and overlay.heard_at > now - HEARD_EVERY:
        return
    lately = Q(heard_at__gt=now - HEARD_EVERY)
    # Filter by the token: a late request from a page with an old address must not count for the new one.
    Overlay.objects.filter(pk=overlay.pk, token=overlay.token).exclude(lately).update(heard_at=now)


def connection_of(creator: Creator) -> Connection:
    """Return the Connection of a creator's overlay. One query."""
    return _connection(Overlay.objects.filter(pk=creator.pk).values_list("heard_at", flat=True).first())


def connection_through(overlay: Overlay) -> Connection:
    """Return the Connection of an overlay that has just been read."""
    return _connection(overlay.heard_at)


def _connection(heard_at: datetime | None) -> Connection:
    if heard_at is None:
        return Connection(False, None, None)
    ago = timezone.now() - heard_at
    return Connection(ago < GONE_AFTER, heard_at, max(0, int(ago.total_seconds())))
