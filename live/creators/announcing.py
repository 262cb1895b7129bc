"""Announcing a live: a notice for each follower, and a mail for those who want one.

The request that starts a live writes one row. The worker tells the followers in batches, a transaction each.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from live.models import Follow, LiveAnnouncement, LiveSession
from people.mail.choices import Recipient, recipients_among, stopping_address
from people.mail.mails import wrapped
from people.mail.outbox import Letter, post_letters
from people.notices import Kind, already_told, notify_each

FOLLOWERS_A_BATCH = 500
BATCHES_A_ROUND = 20
# A creator who starts again this soon, after a lost connection for instance, isn't announced again.
QUIET_FOR = timedelta(hours=1)
# A mail about a live is of no use later.
MAILS_FOR = timedelta(hours=1)


def announce_live(session: LiveSession) -> None:
    """Let the worker tell the followers of a live that starts in the running transaction."""
    recent = session.started_at - QUIET_FOR
    lately = LiveAnnouncement.objects.filter(
        session__creator=session.creator_id, session__started_at__gt=recent, session__started_at__lte=session.started_at
    )
    if not lately.exists():
        LiveAnnouncement.objects.create(session=session, batch_at=session.started_at)


def tell_followers(now: datetime | None = None) -> int:
    """Tell followers of the lives that have started, BATCHES_A_ROUND batches at most; return how many were told.

    Lives take turns. Each batch is safe to repeat, and workers share the lives.
    """
    told = 0
    for _ in range(BATCHES_A_ROUND):
        batch = _tell_a_batch(now or timezone.now())
        if batch is None:
            break
        told += batch
    return told


@transaction.atomic
def _tell_a_batch(now: datetime) -> int | None:
    """Tell the next followers of the live that has waited longest; return how many, or None if nothing is to do."""
    waiting = LiveAnnouncement.objects.filter(finished_at=None).order_by("batch_at")
    announcement = waiting.select_for_update(skip_locked=True).first()
    if announcement is None:
        return None
    session = LiveSession.objects.select_related("creator__user").get(pk=announcement.pk)
    follows = _next_follows(session, announcement) if session.is_live and session.creator.user.is_active else []
    people = [follower for _, follower in follows]
    fresh = sorted(set(people) - already_told(people, _key_of(session)))
    _tell(session, fresh, now)
    announcement.told += len(fresh)
    announcement.told_upto = follows[-1][0] if follows else announcement.told_upto
    announcement.batch_at = now
    announcement.finished_at = now if len(follows) < FOLLOWERS_A_BATCH else None
    announcement.save()
    return len(fresh)


def _next_follows(session: LiveSession, announcement: LiveAnnouncement) -> list[tuple[int, int]]:
    """Return (key, follower's key) of the next follows from before the live, deactivated followers left out."""
    before = Follow.objects.filter(creator=session.creator_id, created_at__lte=session.started_at)
    follows = before.filter(pk__gt=announcement.told_upto, follower__is_active=True).order_by("pk")
    return list(follows.values_list("pk", "follower")[:FOLLOWERS_A_BATCH])


def _key_of(session: LiveSession) -> str:
    return f"live {session.pk}"


def _tell(session: LiveSession, people: list[int], now: datetime) -> None:
    """Write the notices and mails of one batch."""
    page = reverse("room", args=[session.pk])
    text = f"{session.creator} went live: “{session.title}”"
    notify_each(people, text, page, now=now, kind=Kind.LIVE, once=_key_of(session))
    letters = [_letter(session, page, recipient) for recipient in recipients_among(people, "lives")]
    post_letters(letters, about=_key_of(session), until=session.started_at + MAILS_FOR, now=now)


def _letter(session: LiveSession, page: str, recipient: Recipient) -> Letter:
    stop = stopping_address(recipient.id, "lives")
    link = settings.SITE_URL and settings.SITE_URL + page
    about = {"session": session, "name": recipient.name, "link": link, "stop": stop}
    words = wrapped(render_to_string("live/mail/went_live.txt", about))
    return Letter(recipient.address, f"{session.creator} is live: {session.title}", words, stop)
