"""Notices: sentences that wait for somebody on the site."""

from django.utils import timezone

from people.models import Notice


def notify(user, text, url="", now=None):
    """Leave a sentence for a user, with the address of the page it is about."""
    return user.notices.create(text=text[:400], url=url, created_at=now or timezone.now())


def notify_each(people, text, url="", now=None):
    """Leave the same sentence for several users, named by their ids. One statement, none for nobody."""
    now = now or timezone.now()
    Notice.objects.bulk_create([Notice(user_id=id_, text=text[:400], url=url, created_at=now) for id_ in people])


def read_notices(user):
    """Mark all of the user's notices as read; return how many were new."""
    return user.notices.filter(read_at=None).update(read_at=timezone.now())
