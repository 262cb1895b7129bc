"""Notices: sentences for a user on the site."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from people.models import Notice, User


def notify(user: User, text: str, url: str = "", now: datetime | None = None) -> Notice:
    """Write a notice for a user, with the address of its page; return it."""
    return user.notices.create(text=text[:400], url=url, created_at=now or timezone.now())


def notify_each(people: Iterable[int], text: str, url: str = "", now: datetime | None = None) -> None:
    """Write the same notice for several users, given by their ids. One query, or none without ids."""
    now = now or timezone.now()
    Notice.objects.bulk_create([Notice(user_id=id_, text=text[:400], url=url, created_at=now) for id_ in people])


def read_notices(user: User) -> int:
    """Mark all of the user's notices as read; return how many were new."""
    return user.notices.filter(read_at=None).update(read_at=timezone.now())
