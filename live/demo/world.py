"""The demo world: built once, in one transaction; its lives are restarted at every start."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from live.creators.announcing import tell_followers
from live.demo.cast import ACCOUNTS, category_of, make_accounts, make_audience, make_creators
from live.demo.crowd import PLAYED, lives_played
from live.demo.past import RUNNING_GOALS, RUNNING_LIVES, tell_the_past
from live.models import Creator, LiveTerms
from live.sessions.sessions import end_session, note_creator_seen, start_session
from people.models import User
from people.refusals import Refusal


def demo_is_built() -> bool:
    """Return whether the demo world is in the database."""
    return User.objects.filter(email=ACCOUNTS[0][0]).exists() and Creator.objects.filter(handle=PLAYED[0]).exists()


def refuse_foreign_database() -> None:
    """Raise Refusal if the world must not be built in this database: its accounts have a published password."""
    if User.objects.filter(email__in=[email for email, *_ in ACCOUNTS]).exists():
        raise Refusal("Somebody with an address of the demo is in this database already. Use an empty database.")
    if not settings.LOCAL:
        raise Refusal(
            "The demo's accounts have a known password, and this is production. Use DEMO=1 and an empty database."
        )


@transaction.atomic
def build_demo(now: datetime | None = None) -> None:
    """Build the demo world as of `now`: people, followers, ended lives with their transfers, and two running lives."""
    now = now or timezone.now()
    refuse_foreign_database()
    people = make_accounts(now)
    audience = make_audience(now)
    creators = make_creators(people, audience, now)
    tell_the_past(people, creators, audience, now)
    wake_creators(now)
    # As the worker would: Vera has a notice when she first opens the site.
    tell_followers(now)


@transaction.atomic
def wake_creators(now: datetime | None = None) -> None:
    """Put Cleo and Tove live: end lives left running long ago as of their last sign, and start those not running."""
    now = now or timezone.now()
    away = timedelta(minutes=LiveTerms.objects.at(now).abandoned_after_minutes)
    for session in lives_played():
        last_tap = session.taps.order_by("-id").values_list("created_at", flat=True).first()
        seen = max(session.creator_seen_at, last_tap or session.started_at)
        if now - seen > away:
            end_session(session, by="demo", now=seen)
    titles = {handle: title for handle, _, title, _ in RUNNING_LIVES}
    for creator in Creator.objects.filter(handle__in=PLAYED):
        goal = RUNNING_GOALS[creator.handle]
        category = category_of(creator)
        live = start_session(creator=creator, title=titles[creator.handle], now=now, category=category, **goal)
        note_creator_seen(live)
