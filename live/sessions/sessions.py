"""Live sessions: started by a creator, ended by the creator or the worker; points settle into diamonds exactly once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from live.creators.announcing import announce_live
from live.creators.finding import forget_live, note_live
from live.feed.tallies import finish_tally, gifter_count
from live.gifts.taps import points_of
from live.models import Category, Creator, LiveSession, LiveTerms, Settlement
from live.totals.supporters import keep_supporters
from payouts import worth
from payouts.diamonds import credit_diamonds
from people.notices import notify
from people.refusals import Refusal
from wallet import accounts, ledger
from wallet.models import Reason


def followers_missing(creator: Creator, terms: LiveTerms | None = None, followers: int | None = None) -> int:
    """Return how many followers the creator lacks until gifts can be received; 0 from the threshold on."""
    terms = terms or LiveTerms.objects.at()
    followers = creator.followers.count() if followers is None else followers
    return max(0, terms.followers_needed - followers)


@transaction.atomic
def start_session(
    *,
    creator: Creator,
    title: str,
    tray_wanted: bool = True,
    goal_kind: str = "",
    goal: int | None = None,
    video_url: str = "",
    category: Category | None = None,
    now: datetime | None = None,
) -> LiveSession:
    """Start a live and return it; while one is running, return that one.

    Gifts are open with enough followers and if the creator wants the tray. That never changes afterwards.
    """
    # Lock the creator's row: two requests at the same time could otherwise start two lives.
    Creator.objects.select_for_update().get(pk=creator.pk)
    running = creator.sessions.filter(ended_at=None).first()
    if running:
        return running
    now = now or timezone.now()
    followers = creator.followers.count()
    session = LiveSession.objects.create(
        creator=creator,
        title=title,
        category=category,
        gifts_open=tray_wanted and followers >= LiveTerms.objects.at(now).followers_needed,
        tray_wanted=tray_wanted,
        goal_kind=goal_kind,
        goal=goal,
        video_url=video_url,
        followers_at_start=followers,
        started_at=now,
        creator_seen_at=now,
    )
    ledger.open_account(points_of(session.id))
    announce_live(session)
    note_live(session)
    return session


@transaction.atomic
def change_session(
    session: LiveSession,
    *,
    title: str,
    goal_kind: str,
    goal: int | None,
    video_url: str,
    category: Category | None = None,
) -> None:
    """Change title, category, goal and video of a running live. Raise Refusal once it has ended."""
    running = LiveSession.objects.filter(pk=session.pk, ended_at=None)
    if running.update(title=title, category=category, goal_kind=goal_kind, goal=goal, video_url=video_url):
        session.title = title
        note_live(session)
    else:
        raise Refusal("This live has ended. What it was called and what it was for stays as it was.")


@transaction.atomic
def end_session(session: LiveSession, *, by: str, now: datetime | None = None) -> Settlement:
    """End a live and settle its points into the creator's diamonds; return the Settlement. Safe to repeat.

    The lock on the row waits for open transactions of taps and blocks later ones: every accepted tap is settled.
    """
    session = LiveSession.objects.select_for_update(of=("self",)).select_related("creator__user").get(pk=session.pk)
    if not session.is_live:
        return session.settlement
    session.ended_at = now or timezone.now()
    session.save(update_fields=["ended_at"])
    forget_live(session)
    points = ledger.balance(points_of(session.id))
    diamonds = worth.points_to_diamonds(points)
    if points:
        ledger.post(
            debit=points_of(session.id),
            credit=accounts.COINS_REDEEMED,
            amount=points,
            reason=Reason.SETTLE_POINTS,
            reference=session.id,
            now=session.ended_at,
        )
        credit_diamonds(session.creator.user, diamonds, reference=session.id, now=session.ended_at)
    totals = finish_tally(session)
    keep_supporters(session)
    return Settlement.objects.create(
        session=session,
        points=points,
        diamonds=diamonds,
        gifts=totals.gifts,
        gifters=gifter_count(session),
        rate_micros=worth.rate_at(session.ended_at).micros,
        ended_by=by[:40],
        settled_at=session.ended_at,
    )


def note_creator_seen(session: LiveSession) -> None:
    """Set `creator_seen_at`, so that the worker doesn't end the live."""
    LiveSession.objects.filter(pk=session.pk, ended_at=None).update(creator_seen_at=timezone.now())


def ends_by_itself_at(session: LiveSession, terms: LiveTerms | None = None) -> datetime:
    """Return when the worker ends the live if its creator isn't seen again."""
    terms = terms or LiveTerms.objects.at()
    return session.creator_seen_at + timedelta(minutes=terms.abandoned_after_minutes)


def end_abandoned_sessions(now: datetime | None = None) -> list[LiveSession]:
    """End the lives whose creator was away longer than the terms allow, or whose user is inactive; return them.

    A notice tells the creator. Barring a creator ends their live at once (closing.py); barring a user doesn't.
    """
    now = now or timezone.now()
    minutes = LiveTerms.objects.at(now).abandoned_after_minutes
    was_away, is_out = Q(creator_seen_at__lt=now - timedelta(minutes=minutes)), Q(creator__user__is_active=False)
    abandoned = LiveSession.objects.filter(was_away | is_out, ended_at=None)
    ended = (_end_abandoned(abandoned.filter(pk=pk), minutes) for pk in list(abandoned.values_list("pk", flat=True)))
    return [session for session in ended if session]


@transaction.atomic
def _end_abandoned(abandoned: QuerySet[LiveSession], minutes: int) -> LiveSession | None:
    """End the one live of the query and return it; None if its creator came back or another request ended it."""
    session = abandoned.select_for_update(of=("self",)).select_related("creator__user").first()
    if session is None:
        return None
    end_session(session, by="worker")
    why = f"you were away for {minutes} minutes" if session.creator.user.is_active else "your account was closed"
    text = f"“{session.title}” was ended for you: {why}. Its points are diamonds now."
    notify(session.creator.user, text, f"/live/{session.id}/summary/")
    return session
