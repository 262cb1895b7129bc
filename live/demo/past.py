"""The past of the demo world: deeds, each with its moment, run in the order of time.

Every deed calls the same function as a view, with `now`, so the books hold as on a real site.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from typing import TypedDict

from live.demo.cast import REGULARS, category_of, declare_if_asked, regulars, still_to_follow
from live.demo.crowd import choose_gift, give, package_for, say
from live.demo.numbers import Deed, numbers_announced
from live.demo.words import SAID_BEFORE, lines_for
from live.gifts.catalog import catalog
from live.models import Creator, Follow, Gift, LiveSession
from live.room.presence import keep_peak
from live.sessions.sessions import end_session, start_session
from live.totals.gifters import Gifters
from live.totals.thanks import thank
from payouts.gateways import Payout, sandbox
from payouts.models import PayoutAccount, PayoutService
from payouts.withdrawals.transitions import record_answer
from payouts.withdrawals.withdrawals import quote, request_withdrawal
from people.models import User
from wallet.models import CoinPackage
from wallet.recharges import decide_in_sandbox, start_recharge


class Goal(TypedDict, total=False):
    """The goal of a live, as start_session() takes it."""

    goal_kind: str
    goal: int


# Handle, days ago, hour (UTC), minutes, title, points that came in at least.
ENDED_LIVES = [
    ("cleo", 58, 19, 48, "First strings of the season", 3_200),
    ("cleo", 51, 19, 52, "Old songs, new strings", 4_100),
    ("cleo", 45, 18, 61, "Requests, nothing but requests", 4_900),
    ("tove", 41, 16, 74, "Painting the harbour, part 1", 1_900),
    ("cleo", 39, 19, 58, "Rain on the roof", 5_900),
    ("cleo", 33, 9, 45, "A slow morning", 6_300),
    ("cleo", 27, 19, 66, "Film music by ear", 8_200),
    ("tove", 25, 16, 80, "Painting the harbour, part 2", 2_600),
    ("cleo", 21, 19, 63, "Duets with my neighbour", 9_500),
    ("cleo", 16, 19, 71, "Bach, and then something else", 11_000),
    ("cleo", 11, 9, 55, "Very slow, very quiet", 11_800),
    ("nova", 9, 20, 35, "Kitchen table songs", 0),
    ("tove", 8, 16, 77, "Painting the harbour, part 3", 3_100),
    ("cleo", 6, 19, 68, "Your requests, my strings", 14_200),
    ("cleo", 2, 19, 74, "The long encore", 16_400),
]
# Lives that run when the demo opens: handle, minutes ago, title, points so far.
RUNNING_LIVES = [
    ("cleo", 24, "Strings by request", 1_500),
    ("tove", 11, "Painting the harbour, part 4", 300),
]
# Cleo's goal lacks one gifter: the person who signs in as Vera.
RUNNING_GOALS: dict[str, Goal] = {
    "cleo": {"goal_kind": LiveSession.Goal.GIFTERS, "goal": REGULARS + 1},
    "tove": {"goal_kind": LiveSession.Goal.POINTS, "goal": 5_000},
}
# {days ago: Vera's gifts in Cleo's live of that day}: 2,500 of the 5,000 coins that she bought.
VERA_GAVE = {
    16: [("encore", 2), ("skyline", 1), ("encore", 3)],
    6: [("paper-kite", 1), ("spotlight", 1), ("paper-kite", 1), ("encore", 1)],
}
THANKS = {
    27: "You made this evening. Thank you.",
    16: "Thank you for listening so closely.",
    6: "Your requests were the best part. Thank you, and see you next week.",
}
WITHDRAWN_CENTS = 150_00


def tell_the_past(people: dict[str, User], creators: dict[str, Creator], audience: list[User], now: datetime) -> None:
    """Run all deeds before the moment `now`, in the order of time."""
    dice = Random(2_500)  # noqa: S311
    viewers = list(regulars())
    deeds: list[Deed] = [
        *numbers_announced(people["otto"], now),
        (now - timedelta(days=55), partial(add_payout_account, people["cleo"])),
        (now - timedelta(days=20), partial(buy, people["vera"], 5_000)),
        (now - timedelta(days=17), partial(withdraw, people["cleo"])),
        (now - timedelta(days=14), partial(read_everything, people)),
    ]
    for handle, days, hour, minutes, title, points in ENDED_LIVES:
        extra = [(people["vera"], gift, quantity) for gift, quantity in VERA_GAVE.get(days, [])]
        words = THANKS.get(days) if handle == "cleo" else None
        live = partial(play_live, dice, viewers, creators[handle], title, points, minutes)
        deeds.append((_began(now, days, hour), partial(live, extra=extra, ends=True, words=words)))
    for handle, minutes, title, points in RUNNING_LIVES:
        live = partial(play_live, dice, viewers, creators[handle], title, points, minutes)
        deeds.append((now - timedelta(minutes=minutes), partial(live, goal=RUNNING_GOALS[handle])))
        deeds.append((now, partial(say_lines, viewers, creators[handle])))
    for creator in creators.values():
        deeds += followers_coming(dice, creator, audience, now)
    for moment, deed in sorted(deeds, key=itemgetter(0)):
        deed(now=moment)


def followers_coming(dice: Random, creator: Creator, audience: list[User], opening: datetime) -> list[Deed]:
    """Return the deeds of followers since the first live, half of them during a live."""
    lives = [(days, hour, minutes) for handle, days, hour, minutes, *_ in ENDED_LIVES if handle == creator.handle]
    deeds: list[Deed] = []
    for fan in still_to_follow(creator, audience):
        moment = opening - timedelta(days=dice.uniform(1, 57))
        if dice.random() < 0.5:
            days, hour, minutes = dice.choice(lives)
            moment = _began(opening, days, hour) + timedelta(minutes=dice.uniform(1, minutes - 1))
        deeds.append((moment, partial(_follow, fan, creator)))
    return deeds


def add_payout_account(owner: User, *, now: datetime) -> None:
    declare_if_asked(owner, now)
    PayoutAccount.objects.create(
        owner=owner,
        service=PayoutService.objects.get(slug="paypal"),
        country="PT",
        receiver=owner.email,
        created_at=now,
        usable_at=now,
    )


def buy(user: User, coins: int, *, now: datetime) -> None:
    """Recharge a package of exactly that many coins."""
    _pay(user, CoinPackage.objects.get(coins=coins), now)


def withdraw(creator: User, *, now: datetime) -> None:
    """Quote, request, send and pay a withdrawal within a day."""
    account = creator.payout_accounts.get()
    quoted = quote(creator=creator, account=account, cents=WITHDRAWN_CENTS, now=now)
    withdrawal = request_withdrawal(quote=quoted, creator=creator, now=now + timedelta(seconds=20))
    account = withdrawal.account
    payout = Payout(withdrawal.id, withdrawal.cents, account.receiver, account.service.slug, account.country.code)
    record_answer(withdrawal, sandbox.gateway.send(payout), by="sandbox", now=now + timedelta(minutes=1))
    record_answer(withdrawal, sandbox.gateway.look_up(payout), by="sandbox", now=now + timedelta(hours=19))


def read_everything(people: dict[str, User], *, now: datetime) -> None:
    for user in people.values():
        user.notices.update(read_at=now)


def play_live(
    dice: Random,
    viewers: list[User],
    creator: Creator,
    title: str,
    points: int,
    minutes: int,
    *,
    now: datetime,
    extra: Sequence[tuple[User, str, int]] = (),
    ends: bool = False,
    words: str | None = None,
    goal: Goal | None = None,
) -> None:
    """Start a live, tap gifts up to `points`, and end it (with thanks) if it `ends`."""
    session = start_session(creator=creator, title=title, now=now, category=category_of(creator), **(goal or {}))
    for moment, viewer, gift, quantity in _gifts_coming_in(dice, viewers, points, minutes, extra, now):
        give(viewer, session, gift, quantity=quantity, now=moment, buy=partial(_buy_before, moment))
    if ends:
        be_there(viewers, session, minutes)
        ended = now + timedelta(minutes=minutes)
        end_session(session, by=creator.user.email, now=ended)
        session.refresh_from_db()
        if words:
            thank(
                session, [gifter.face.key for gifter in Gifters(session)[:12]], words, now=ended + timedelta(minutes=4)
            )


def be_there(viewers: list[User], session: LiveSession, minutes: int) -> None:
    """Write comments in an ended live's past, and its peak of viewers."""
    # A random generator of its own, as in say_lines().
    dice = Random(session.title)  # noqa: S311
    lines = lines_for(session.creator)
    said = dice.sample(lines, min(len(lines), minutes // 5))
    moments = sorted(dice.sample(range(60, minutes * 60), len(said)))
    for viewer, line, second in zip(dice.choices(viewers, k=len(said)), said, moments, strict=True):
        say(viewer, session, line, now=session.started_at + timedelta(seconds=second))
    keep_peak(session, REGULARS + dice.randint(minutes // 2, minutes))


def say_lines(viewers: list[User], creator: Creator, *, now: datetime) -> None:
    """Write comments in the running live's past, one every 40 seconds until now."""
    session = creator.sessions.get(ended_at=None)
    # A random generator of its own, so that comments don't change the sequence of gifts.
    dice = Random(creator.handle)  # noqa: S311
    lines = dice.sample(lines_for(creator), SAID_BEFORE[creator.handle])
    for place, (viewer, line) in enumerate(zip(dice.sample(viewers, len(lines)), lines, strict=True)):
        say(viewer, session, line, now=now - timedelta(seconds=40 * (len(lines) - place)))


def _gifts_coming_in(
    dice: Random,
    viewers: list[User],
    points: int,
    minutes: int,
    extra: Sequence[tuple[User, str, int]],
    began: datetime,
) -> list[tuple[datetime, User, Gift, int]]:
    """Return (moment, viewer, gift, quantity) in the order of time, worth at least `points`, plus `extra`."""
    gifts = {gift.slug: gift for gift in catalog(began)}
    coming = [(viewer, gifts[slug], quantity) for viewer, slug, quantity in extra]
    while points > 0:
        affordable = [gift for gift in gifts.values() if gift.coins <= max(25, points)]
        gift = choose_gift(dice, affordable, steepness=0.5)
        quantity = dice.randint(2, 5) if gift.coins <= 100 and dice.random() < 0.3 else 1
        coming.append((dice.choice(viewers), gift, quantity))
        points -= gift.coins * quantity
    dice.shuffle(coming)
    # More gifts come towards the end, and none in the last half minute.
    seconds = sorted(int(dice.triangular(20, minutes * 60 - 30, minutes * 48)) for _ in coming)
    return [(began + timedelta(seconds=second), *each) for second, each in zip(seconds, coming, strict=True)]


def _buy_before(moment: datetime, viewer: User, missing: int) -> None:
    _pay(viewer, package_for(missing), moment - timedelta(seconds=25))


def _pay(user: User, package: CoinPackage, now: datetime) -> None:
    declare_if_asked(user, now)
    recharge = start_recharge(
        user=user, package=package, provider="sandbox", method="card", recharge_id=uuid.uuid4(), now=now
    )
    decide_in_sandbox(recharge, "paid", now=now + timedelta(seconds=12))


def _follow(fan: User, creator: Creator, *, now: datetime) -> None:
    Follow.objects.create(follower=fan, creator=creator, created_at=now)


def _began(opening: datetime, days: int, hour: int) -> datetime:
    return (opening - timedelta(days=days)).replace(hour=hour, minute=4, second=0, microsecond=0)
