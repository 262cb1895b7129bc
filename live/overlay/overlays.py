"""The overlay: what its page listens to, when it was last heard of, and the secret address that leads to it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from live.faces import Face
from live.feed.cursors import cursor_text
from live.feed.feed import newest_place
from live.feed.placing import place_taps
from live.gifts.catalog import with_prices
from live.models import Gift, LiveSession, Overlay, SampleGift, new_token
from live.room.page import LARGE_GIFT_COINS

# An open page asks every ASK_SECONDS what there is to listen to. It is written down less often, and a page that
# missed several turns counts as gone.
ASK_SECONDS = 3
HEARD_EVERY = timedelta(seconds=5)
GONE_AFTER = timedelta(seconds=20)
# A page that was away doesn't show tests from before: whoever sent them has looked by now.
TEST_LASTS = timedelta(minutes=1)
MOST_TESTS = 20
# How it is shown, as the page knows it: its fields, and nothing that is secret.
SETTINGS = ("smallest_coins", "seconds", "position", "size", "text", "sound", "volume")
# What the text of an alert may name, in braces.
PLACEHOLDERS = ("name", "gift", "count", "coins")


class Connection(NamedTuple):
    """Whether a creator's overlay is open somewhere, by when it was last heard of (None: never)."""

    is_connected: bool
    heard_at: datetime | None
    seconds_ago: int | None


class News(NamedTuple):
    """What an open overlay needs to know: the running live or None, where to begin in it, and test gifts."""

    session_id: object
    cursor: str | None
    tests: list
    mark: int


class ShownGift(NamedTuple):
    """A gift that no tap brought, with what the row of one needs: a test, or an example."""

    face: Face
    gift: Gift
    quantity: int
    price: int
    id: None = None

    gift_id = property(lambda self: self.gift.pk)
    name = property(lambda self: self.gift.name)
    art = property(lambda self: self.gift.art)
    coins = property(lambda self: self.price * self.quantity)


# --- Its address --------------------------------------------------------------------------------


def overlay_of(creator):
    """Return a creator's Overlay as it is, or as it would begin: reading a page makes no row."""
    return Overlay.objects.filter(pk=creator.pk).first() or Overlay(creator=creator)


def make_overlay(creator):
    """Return a creator's Overlay, made if there is none."""
    return Overlay.objects.get_or_create(creator=creator)[0]


def renew_token(creator, *, now=None):
    """Give a creator's overlay a new address; the old one leads nowhere from now on. Return the Overlay."""
    fresh = {"token": new_token(), "token_made_at": now or timezone.now(), "heard_at": None}
    return Overlay.objects.update_or_create(creator=creator, defaults=fresh)[0]


def save_settings(creator, **settings):
    """Change how a creator's alerts look and sound. Pages that are open take it up by themselves."""
    return Overlay.objects.update_or_create(creator=creator, defaults=settings)[0]


def find_overlay(token):
    """Return the Overlay behind an address, with its creator and `session_id`, the running live's. One statement.

    Raise Overlay.DoesNotExist, also for somebody who may not sign in any more.
    """
    running = LiveSession.objects.filter(creator=OuterRef("pk"), ended_at=None).values("pk")[:1]
    overlays = Overlay.objects.filter(creator__user__is_active=True).select_related("creator__user")
    return overlays.annotate(session_id=Subquery(running)).get(token=token)


def name_of_memory(overlay):
    """Return under which name a browser keeps what it has shown: another for each address, and not the address."""
    return salted_hmac("live.overlays", overlay.token, algorithm="sha256").hexdigest()[:16]


# --- What it shows ------------------------------------------------------------------------------


def settings_of(overlay):
    return {name: getattr(overlay, name) for name in SETTINGS}


def news_for(overlay, mark=None):
    """Return the News for an overlay that knows of test gifts up to `mark`.

    One that has just been opened names none: it begins now, behind the newest tap and the newest test.
    """
    if mark is None:
        newest = overlay.creator.test_gifts.order_by("-id").values_list("id", flat=True).first()
        return News(overlay.session_id, _cursor_of(overlay.session_id), [], newest or 0)
    tests = list(_tests_after(overlay.creator, mark))
    return News(overlay.session_id, None, [show_test(test) for test in tests], tests[-1].pk if tests else mark)


def _cursor_of(session_id):
    if session_id is None:
        return None
    session = LiveSession(pk=session_id)
    newest = place_taps(session)
    return cursor_text(newest_place(session) if newest is None else newest)


def _tests_after(creator, mark):
    # One person presses a button: ids come in order.
    lately = Q(pk__gt=mark, created_at__gt=timezone.now() - TEST_LASTS)
    price = with_prices(Gift.objects.filter(pk=OuterRef("gift"))).values("coins")
    tests = creator.test_gifts.filter(lately).select_related("gift").annotate(price=Coalesce(Subquery(price), 1))
    return tests.order_by("pk")[:MOST_TESTS]


def show_test(test: SampleGift):
    """Return a test gift as an alert shows it: from its creator, at the price of now."""
    face = Face("test", test.creator.name, test.creator.user.avatar)
    return ShownGift(face, test.gift, 1, test.price)


def examples(gifts):
    """Return what a preview and the demo show, from the gifts on offer: small, many of one, a long name, large."""
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


# --- When it was heard of -----------------------------------------------------------------------


def say_heard(overlay, *, now=None):
    """Note that an overlay is open, at most every few seconds. No statement if that was written lately."""
    now = now or timezone.now()
    if overlay.heard_at and overlay.heard_at > now - HEARD_EVERY:
        return
    lately = Q(heard_at__gt=now - HEARD_EVERY)
    # Asked for by its token: a page with an old address that answers late doesn't count as the new one.
    Overlay.objects.filter(pk=overlay.pk, token=overlay.token).exclude(lately).update(heard_at=now)


def connection_of(creator, *, now=None):
    """Return the Connection of a creator's overlay. One statement."""
    return _connection(Overlay.objects.filter(pk=creator.pk).values_list("heard_at", flat=True).first(), now)


def connection_through(overlay, *, now=None):
    """Return the Connection of an overlay that has just been read."""
    return _connection(overlay.heard_at, now)


def _connection(heard_at, now):
    if heard_at is None:
        return Connection(False, None, None)
    ago = (now or timezone.now()) - heard_at
    return Connection(ago < GONE_AFTER, heard_at, max(0, int(ago.total_seconds())))
