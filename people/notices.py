"""Notices: sentences for a user on the site."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from people.models import Notice, User

Kind = Notice.Kind
# A notice of a live is about that evening. Notices of thanks and money stay.
LIVES_KEPT = timedelta(days=60)
FORGOTTEN_AT_ONCE = 5_000


def notify(
    user: User, text: str, url: str = "", now: datetime | None = None, *, kind: Notice.Kind = Kind.OTHER
) -> Notice:
    """Write a notice for a user, with the address of its page; return it."""
    return user.notices.create(kind=kind, text=text[:400], url=url, created_at=now or timezone.now())


def notify_each(
    people: Iterable[int],
    text: str,
    url: str = "",
    now: datetime | None = None,
    *,
    kind: Notice.Kind = Kind.OTHER,
    once: str = "",
) -> None:
    """Write the same notice for several users, given by their ids. One query, or none without ids.

    A user who has a notice with this `once` already gets no second one.
    """
    now = now or timezone.now()
    notices = [Notice(user_id=id_, kind=kind, text=text[:400], url=url, once=once, created_at=now) for id_ in people]
    Notice.objects.bulk_create(notices, ignore_conflicts=bool(once))


def already_told(people: Collection[int], once: str) -> set[int]:
    """Return the ids of the users among `people` who have the notice with this `once`."""
    return set(Notice.objects.filter(user__in=people, once=once).values_list("user", flat=True))


def read_notices(user: User, only: Collection[int] | None = None) -> int:
    """Mark the user's notices as read, all or those with the ids `only`; return how many were new."""
    unread = user.notices.filter(read_at=None)
    return (unread if only is None else unread.filter(pk__in=only)).update(read_at=timezone.now())


def forget_old_notices(now: datetime | None = None) -> int:
    """Delete notices of lives after LIVES_KEPT, at most FORGOTTEN_AT_ONCE a call; return how many."""
    old = Notice.objects.filter(kind=Kind.LIVE, created_at__lt=(now or timezone.now()) - LIVES_KEPT)
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return Notice.objects.filter(pk__in=keys).delete()[0]
