"""Taps: a viewer gives a gift in a live session. The most frequent write of the system: one query on PostgreSQL."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from live.gifts.catalog import catalog
from live.gifts.limits import why_beyond
from live.gifts.messages import why_not_said, with_message
from live.models import GiftTap, LiveSession
from live.triggers import PACE
from people.models import User
from people.refusals import Refusal, TooMany
from wallet import ledger
from wallet.accounts import UNIT_OF_PREFIX
from wallet.coins import coin_balance, coins_of
from wallet.models import Account, Kind, Reason


class TapRefused(Refusal):
    """A rule refused this tap; nothing was debited."""


class PriceChanged(TapRefused):
    """The price on the button is not the price now; the page has to reload the tray."""


class GiftNotOffered(TapRefused):
    """No such gift is in the tray."""


class LiveHasEnded(TapRefused):
    """The session has ended."""


class TapReused(TapRefused):
    """The tap id stands for another tap."""


class NotEnoughCoins(TapRefused):
    """The viewer holds fewer coins than the tap costs, and `besides` for others. Its attributes are coins.

    `in_all` is what the viewer would have to hold.
    """

    def __init__(self, gift_name: str, needed: int, balance: int, besides: int = 0) -> None:
        self.needed, self.balance, self.missing = needed, balance, needed - balance
        self.in_all = needed + besides
        super().__init__(
            f"{gift_name} costs {needed:,} coins. You have {balance:,}, so {self.missing:,} more are needed."
        )


class OwnLimitReached(TapRefused):
    """The viewer's own limit for today or this week leaves less than the tap costs."""


class Tap(NamedTuple):
    """The id of a tap's row, the viewer's coins after it, and whether an earlier request wrote it."""

    id: int
    balance: int
    is_repeat: bool


def points_of(session_id: UUID) -> Account:
    """Return the tally account that holds a session's points: coins that await the end of the live."""
    return Account(name=f"points:session:{session_id}", unit=UNIT_OF_PREFIX["points"], kind=Kind.TALLY)


# The gift as it is offered right now, in a session where this viewer may give it: one row, or none.
OFFERED = """SELECT gift.id AS gift_id, gift.name AS name, gift.art AS art
    FROM live_gift gift, live_livesession session
    WHERE session.id = %(session)s AND session.ended_at IS NULL AND session.gifts_open
      AND session.creator_id <> %(viewer)s
      AND gift.slug = %(slug)s AND (gift.retired_at IS NULL OR gift.retired_at > %(now)s)
      AND %(price)s = (SELECT price.coins FROM live_giftprice price
        WHERE price.gift_id = gift.id AND price.starts_at <= %(now)s
        ORDER BY price.starts_at DESC, price.id DESC LIMIT 1)
      AND %(at_most)s > (SELECT count(*) FROM live_gifttap recent
        WHERE recent.viewer_id = %(viewer)s AND recent.created_at > %(a_second_ago)s)"""
# PostgreSQL: the query sets the pace for its transaction, in which a trigger counts again (live/triggers.py).
PACED = OFFERED.replace("%(at_most)s", f"CAST(set_config('{PACE}', CAST(%(at_most)s AS text), true) AS bigint)")
KEEP = """INSERT INTO live_gifttap
    (tap_id, session_id, viewer_id, gift_id, name, art, price, quantity, coins, as_somebody, created_at)
    SELECT %(reference)s, %(session)s, %(viewer)s, condition.gift_id, condition.name, condition.art,
      %(price)s, %(quantity)s, %(amount)s, %(as_somebody)s, %(now)s FROM condition"""


def tap_gift(
    *,
    viewer: User,
    session_id: UUID,
    gift_slug: str,
    price: int,
    quantity: int,
    tap_id: UUID,
    message: str = "",
    now: datetime | None = None,
) -> Tap:
    """Debit `quantity` gifts at `price` coins each into the session, once per tap_id; return a Tap.

    `message` is a line (live/comments/words.py) to show with it. The same tap again returns the first result and keeps
    the first message. Raise MessageRefused, NotEnoughCoins, OwnLimitReached, PriceChanged, GiftNotOffered,
    LiveHasEnded, TapReused, another TapRefused, TooMany, and LiveSession.DoesNotExist; nothing was debited then.
    """
    now = now or timezone.now()
    _refuse_message(viewer, session_id, message, price * quantity, tap_id, now)
    try:
        posting = ledger.post(
            debit=coins_of(viewer),
            credit=points_of(session_id),
            amount=price * quantity,
            reason=Reason.GIFT,
            reference=tap_id,
            record=_tap_row(viewer, session_id, gift_slug, price, quantity, message, now),
            now=now,
        )
    except ledger.AlreadyPosted as error:
        raise TapReused("This tap was used for another gift already. Nothing was debited.") from error
    except ledger.NotPosted:
        raise why_refused(viewer, session_id, gift_slug, price, quantity, now) from None
    except IntegrityError as error:
        if refusal := _refused_by_trigger(error, viewer, price * quantity, now):
            raise refusal from error
        raise
    if posting.is_repeat:
        return _first_result(viewer, session_id, gift_slug, price, quantity, tap_id)
    assert posting.record_id is not None and posting.balance is not None, "a first posting knows both"
    return Tap(posting.record_id, posting.balance, is_repeat=False)


def _tap_row(
    viewer: User, session_id: UUID, gift_slug: str, price: int, quantity: int, message: str, now: datetime
) -> ledger.Record:
    values: dict[str, ledger.Value] = {
        "session": session_id,
        "viewer": viewer.pk,
        "slug": gift_slug,
        "as_somebody": viewer.is_somebody,
        "price": price,
        "quantity": quantity,
        "at_most": settings.TAPS_PER_SECOND,
        "a_second_ago": now - timedelta(seconds=1),
    }
    record = ledger.Record(PACED if connection.vendor == "postgresql" else OFFERED, KEEP, values)
    return with_message(record, message) if message else record


def _refused_by_trigger(error: Exception, viewer: User, coins: int, now: datetime) -> Refusal | None:
    if "tap_only_while_live" in str(error):
        return LiveHasEnded("The live has ended. Nothing was debited.")
    if "tap_within_own_limits" in str(error):
        return OwnLimitReached(why_beyond(viewer, coins, now))
    if "tap_within_pace" in str(error):
        return _too_many()
    return None


def _refuse_message(viewer: User, session_id: UUID, message: str, coins: int, tap_id: UUID, now: datetime) -> None:
    """Raise MessageRefused, unless the tap was accepted before: a rule that is newer than the tap refuses no repeat."""
    refusal = why_not_said(viewer, session_id, message, coins, now) if message else None
    if refusal and not GiftTap.objects.filter(tap_id=tap_id).exists():
        raise refusal


def why_refused(
    viewer: User, session_id: UUID, slug: str, price: int, quantity: int, now: datetime | None = None
) -> Refusal:
    """Return the refusal for a tap that was not posted. If no rule forbids it, it exceeded TAPS_PER_SECOND."""
    return why_not(viewer, session_id, slug, price, quantity, now=now) or _too_many()


def _too_many() -> TooMany:
    return TooMany(
        f"At most {settings.TAPS_PER_SECOND} taps a second are counted. This one was not debited; tap again."
    )


def why_not(
    viewer: User,
    session_id: UUID,
    slug: str,
    price: int,
    quantity: int = 1,
    *,
    besides: int = 0,
    now: datetime | None = None,
) -> TapRefused | None:
    """Return the refusal of the first rule that a tap would break, or None.

    `besides` are coins of gifts that wait to be sent. Raise LiveSession.DoesNotExist.
    """
    session = LiveSession.objects.select_related("creator").get(pk=session_id)
    if not session.is_live:
        return LiveHasEnded("The live has ended. Nothing was debited.")
    if session.creator_id == viewer.pk:
        return TapRefused("This is your own live. Nobody can send gifts to themselves.")
    if not session.gifts_open:
        return TapRefused(f"{session.creator} can't receive gifts in this live. Nothing was debited.")
    gift = catalog(now).filter(slug=slug).first()
    if gift is None:
        return GiftNotOffered("This gift isn't offered any more. Nothing was debited.")
    if gift.coins != price:
        return PriceChanged(f"{gift.name} costs {gift.coins:,} coins now, not {price:,}. Nothing was debited.")
    # Check limits before coins: a recharge doesn't help a gift that the viewer's own limit forbids.
    if beyond := why_beyond(viewer, price * quantity, now, besides=besides):
        return OwnLimitReached(beyond)
    balance = max(0, coin_balance(viewer) - besides)
    if balance < price * quantity:
        name = gift.name if quantity == 1 else f"{gift.name} ×{quantity}"
        return NotEnoughCoins(name, price * quantity, balance, besides)
    return None


def _first_result(viewer: User, session_id: UUID, gift_slug: str, price: int, quantity: int, tap_id: UUID) -> Tap:
    tap = GiftTap.objects.select_related("gift").get(tap_id=tap_id)
    same = (tap.viewer_id, tap.session_id, tap.gift.slug, tap.price, tap.quantity)
    if same != (viewer.pk, UUID(str(session_id)), gift_slug, price, quantity):
        raise TapReused("This tap was used for another gift already. Nothing was debited.")
    return Tap(tap.id, coin_balance(viewer), is_repeat=True)
