"""The page of a room: everything that it shows of a live, in few queries."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Sum

from live.creators.creators import follower_count
from live.faces import face_of
from live.feed.cursors import START, cursor_text
from live.feed.feed import latest_taps
from live.feed.placing import with_placed_taps
from live.feed.tallies import with_totals
from live.gifts.catalog import catalog
from live.gifts.combos import combos_of
from live.gifts.taps import NotEnoughCoins, Tap, why_not
from live.models import Follow, Gift, GiftTap, LiveSession, LiveTerms
from live.room.board import lay_out_page
from live.totals.gifters import Gifters
from live.totals.stats import sessions_now_live
from payouts import worth
from people.answers import Context
from people.models import User
from people.refusals import Refusal
from wallet.exact import exact_terms
from wallet.models import CoinPackage
from wallet.packages import smallest_package_covering

# A viewer may not be signed in.
Viewer: TypeAlias = User | AnonymousUser

MOST_LANES = 4
# Gifters named on the end card of a live.
ON_THE_CURTAIN = 3
# From these prices on the stage answers a gift by rank: it crosses; with light and the name; the stage turns gold.
RANKS_COINS = (1_000, 5_000, 10_000)
LARGE_GIFT_COINS = RANKS_COINS[0]


def enter_room(session_id: UUID, viewer: Viewer) -> LiveSession:
    """Return the live with its creator, `follower_count`, `is_followed`, `points_so_far` and `gifts_so_far`.

    One query, which on PostgreSQL also places the live's taps. Raise LiveSession.DoesNotExist.
    """
    lives = with_placed_taps(with_totals(LiveSession.objects.select_related("creator__user")))
    following = Follow.objects.filter(follower=viewer.pk, creator=OuterRef("creator"))
    lives = lives.annotate(follower_count=follower_count(of="creator"), is_followed=Exists(following))  # type: ignore[no-redef]
    return lives.get(pk=session_id)


def standing_of(live: LiveSession, viewer: Viewer) -> str:
    """Return the reader's standing: `viewer`, `stranger` (not logged in), `own`, or `closed` to gifts, or `ended`."""
    if not live.is_live:
        return "ended"
    if not live.gifts_open:
        return "closed"
    if not viewer.is_authenticated:
        return "stranger"
    return "own" if live.creator_id == viewer.pk else "viewer"


def lay_out_tray() -> Context:
    """Return the gifts on offer, each with a `tap_id` for a page without JavaScript, and the rates."""
    gifts = list(catalog())
    for gift in gifts:
        gift.tap_id = uuid4()
    return {"gifts": gifts, "rates": worth.rates_at()}


def set_scene(live: LiveSession, viewer: Viewer) -> Context:
    """Return the context of a room's page, which depends on the viewer's standing."""
    standing = standing_of(live, viewer)
    scene = {
        "live": live,
        "creator": live.creator,
        "standing": standing,
        "large": LARGE_GIFT_COINS,
        "ranks": RANKS_COINS,
    }
    if standing == "ended":
        back = {**look_back(live, viewer), "gifters": Gifters(live)[:ON_THE_CURTAIN]}
        return {**scene, **back, "others": sessions_now_live()[:3]}
    scene |= {"comment_id": uuid4(), **lay_out_page(live)}
    if standing == "closed":
        terms = LiveTerms.objects.at()
        return {
            **scene,
            "needed": terms.followers_needed,
            "followers_to_go": max(0, terms.followers_needed - live.follower_count),
        }
    giver = cast("User", viewer) if standing == "viewer" else None
    taps = latest_taps(live, giver=giver, is_placed=hasattr(live, "newest_place"))
    cursor = taps[-1].cursor if taps else cursor_text(START)
    if giver is not None:
        scene |= lay_out_own(live, giver, taps)
    return {**scene, **lay_out_tray(), "lanes": combos_of(taps)[-MOST_LANES:], "cursor": cursor}


def lay_out_own(live: LiveSession, viewer: User, taps: Sequence[GiftTap]) -> Context:
    """Return the viewer's own part of a room: `given` coins up to the newest tap, their faces, and `ask_from` coins.

    The page recognizes the viewer's own taps by these faces, from whichever tab they were sent.
    """
    return {
        "given": taps[-1].given if taps else 0,
        "face": face_of(viewer, live.pk, viewer.is_somebody),
        "faces": [face_of(viewer, live.pk, as_somebody).key for as_somebody in (False, True)],
        "ask_from": settings.ASK_FROM_COINS,
    }


def look_back(live: LiveSession, viewer: Viewer) -> Context:
    """Return the coins that a viewer gave in an ended live, and the rates that convert them to dollars."""
    given = live.gifter_tallies.filter(viewer=viewer.pk).aggregate(coins=Sum("points"))["coins"]
    return {"given": given, "given_at": worth.rates_at()} if given else {}


def why_not_affordable(viewer: User, session_id: UUID, gift_slug: str, besides: int) -> Refusal | None:
    """Return the refusal that a tap of the gift (a slug) would meet now, or None. `besides` coins are spent before it.

    Nothing is reserved. Raise Gift.DoesNotExist if no such gift is on offer, and LiveSession.DoesNotExist.
    """
    price = catalog().get(slug=gift_slug).coins
    return why_not(viewer, session_id, gift_slug, price, besides=besides)


class Shortfall(NamedTuple):
    """The coins that a viewer lacks for a gift, and the smallest package that covers them, if one does.

    `in_all` is the balance that the viewer would need, `exact` the price of exactly these coins, "" where a package has
    just so many, or where they can't be bought alone.
    """

    coins: int
    in_all: int
    gift: Gift
    package: CoinPackage | None
    rates: worth.Rates
    exact: str


def shortfall_of(refusal: NotEnoughCoins, slug: str) -> Shortfall:
    """Return the Shortfall for the notice of a NotEnoughCoins. Four queries."""
    package, exact, missing = smallest_package_covering(refusal.missing), exact_terms(), refusal.missing
    is_another = package is None or package.coins != missing
    price = exact.price_of(missing) if is_another and exact.covers(missing) else ""
    return Shortfall(missing, refusal.in_all, Gift.objects.get(slug=slug), package, worth.rates_at(), price)


def describe_tap(tap: Tap) -> Context:
    """Return a Tap's row and the rates of now, for a sentence about it."""
    return {"row": GiftTap.objects.get(pk=tap.id), "rates": worth.rates_at()}
