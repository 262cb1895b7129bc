"""The demo's simulated viewers: they tap, recharge in the sandbox when they run low, write, and now and then follow.

They call the same functions as the views, and only in lives of the demo's creators. They never restart an ended live.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from threading import Event
from typing import NamedTuple, TypeAlias

from django.db import DatabaseError, InterfaceError

from live.comments.comments import latest_comments, write_comment
from live.creators.following import follow
from live.demo.cast import CREATORS, declare_if_asked, regulars
from live.demo.words import lines_for
from live.gifts.catalog import catalog
from live.gifts.taps import NotEnoughCoins, Tap, tap_gift
from live.models import MOST_MESSAGE_CHARACTERS, Creator, Gift, LiveSession
from live.room.presence import keep_peak, process_of, say_viewers, viewers_now
from live.sessions.sessions import note_creator_seen
from people.models import User
from people.outages import is_outage
from people.refusals import Refusal
from wallet.models import CoinPackage
from wallet.packages import offered_packages
from wallet.recharges import decide_in_sandbox, start_recharge

log = logging.getLogger(__name__)

# Called with a viewer and the coins that they lack.
Buy: TypeAlias = Callable[[User, int], None]

# The demo's creators whose lives are kept running. Nova is for the person who signs in as her.
PLAYED = ["cleo", "tove"]
LEAST_RECHARGE = 1_000
LONGEST_COMBO = 6


class Doing(NamedTuple):
    """The next act of a viewer: a gift, the number of taps, and the live."""

    viewer: User
    session: LiveSession
    gift: Gift
    taps: int


def lives_played() -> list[LiveSession]:
    """Return the running lives of the PLAYED creators, Cleo's first."""
    lives = LiveSession.objects.filter(ended_at=None, creator__handle__in=PLAYED)
    return list(lives.order_by("creator__handle").select_related("creator"))


def keep_creators_here() -> None:
    """Note for each PLAYED creator that their studio is open, so that the live isn't ended as abandoned."""
    for session in lives_played():
        note_creator_seen(session)


def watch_lives(how_many: int) -> None:
    """Write the number of viewers of each live of PLAYED: all viewers watch both lives. 0 when they leave."""
    for session in lives_played():
        say_viewers(session.pk, process_of("crowd"), how_many)
        keep_peak(session, viewers_now(session))


def choose(dice: Random, viewers: Sequence[User]) -> Doing | None:
    """Return the next act: small gifts often, large ones rarely. None without a live or a gift on offer."""
    lives = [session for session in lives_played() if session.gifts_open]
    gifts = list(catalog())
    if not lives or not gifts:
        return None
    session = lives[0] if dice.random() < 0.75 else lives[-1]
    gift = choose_gift(dice, gifts)
    taps = dice.randint(2, LONGEST_COMBO) if gift.coins <= 100 and dice.random() < 0.3 else 1
    return Doing(dice.choice(viewers), session, gift, taps)


def choose_gift(dice: Random, gifts: Sequence[Gift], steepness: float = 0.9) -> Gift:
    """Return one gift of the catalog: the dearer, the rarer."""
    return dice.choices(gifts, [(gift.coins + 4) ** -steepness for gift in gifts])[0]


def give(
    viewer: User,
    session: LiveSession,
    gift: Gift,
    *,
    buy: Buy,
    quantity: int = 1,
    message: str = "",
    now: datetime | None = None,
) -> Tap | None:
    """Tap once. With too few coins, call buy(viewer, missing coins) and tap again with the same id."""
    tap_id = uuid.uuid4()
    for _ in range(2):
        try:
            return tap_gift(
                viewer=viewer,
                session_id=session.id,
                gift_slug=gift.slug,
                price=gift.coins,
                quantity=quantity,
                tap_id=tap_id,
                message=message,
                now=now,
            )
        except NotEnoughCoins as short:
            buy(viewer, short.missing)
    return None


def buy_coins(viewer: User, missing: int) -> None:
    """Recharge as a viewer does: choose a package, and let the sandbox provider report the payment."""
    declare_if_asked(viewer)
    package = package_for(missing)
    recharge = start_recharge(user=viewer, package=package, provider="sandbox", method="card", recharge_id=uuid.uuid4())
    decide_in_sandbox(recharge, "paid")


def package_for(missing: int) -> CoinPackage:
    """Return the smallest package that covers the missing coins and LEAST_RECHARGE, else the largest package.

    Raise Refusal while the operator offers none.
    """
    packages = list(offered_packages())
    if not packages:
        raise Refusal("No coins are sold at the moment.")
    return next((each for each in packages if each.coins >= max(missing, LEAST_RECHARGE)), packages[-1])


def say_something(dice: Random, viewers: Sequence[User]) -> None:
    """Write a comment as one of the viewers in a running live, if there is one."""
    lives = lives_played()
    if lives:
        session = dice.choice(lives)
        just_said = {comment.text for comment in latest_comments(session)}
        fresh = [line for line in lines_for(session.creator) if line not in just_said]
        say(dice.choice(viewers), session, dice.choice(fresh))


def message_with(dice: Random, session: LiveSession, gift: Gift) -> str:
    """Return a message for half of the gifts that may have one, else ""."""
    least = session.creator.message_coins
    if least is None or gift.coins < least or dice.random() < 0.5:
        return ""
    return dice.choice(lines_for(session.creator))[:MOST_MESSAGE_CHARACTERS]


def say(viewer: User, session: LiveSession, line: str, *, now: datetime | None = None) -> None:
    """Write a comment."""
    write_comment(author=viewer, session_id=session.pk, comment_id=uuid.uuid4(), text=line, now=now)


def follow_somebody(dice: Random, viewers: Sequence[User]) -> None:
    """Follow Tove as one of the viewers: the README states Cleo's and Nova's numbers of followers, so these stay."""
    follow(user=dice.choice(viewers), creator=Creator.objects.get(handle="tove"))


def play(stop: Event, dice: Random | None = None) -> None:
    """Simulate the audience until the event `stop` is set."""
    dice = dice or Random()  # noqa: S311
    viewers = list(regulars())
    while not stop.is_set() and viewers:
        try:
            keep_creators_here()
            watch_lives(len(viewers))
            _play_once(stop, dice, viewers)
        except Refusal as refusal:
            log.info("refused: %s", refusal)
        except (DatabaseError, InterfaceError) as error:
            if not is_outage(error):
                raise
            log.warning("the database doesn't answer, trying again", exc_info=True)
        stop.wait(dice.uniform(0.8, 3.2))
    watch_lives(0)


def _play_once(stop: Event, dice: Random, viewers: list[User]) -> None:
    doing = choose(dice, viewers)
    if doing:
        for turn in range(doing.taps):
            message = "" if turn else message_with(dice, doing.session, doing.gift)
            give(doing.viewer, doing.session, doing.gift, buy=buy_coins, message=message)
            if stop.wait(dice.uniform(0.2, 0.5)):
                return
    if dice.random() < 0.25:
        say_something(dice, viewers)
    if dice.random() < 0.02:
        follow_somebody(dice, viewers)


assert set(PLAYED) <= set(CREATORS)
