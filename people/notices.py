"""Notices: sentences that wait for somebody on the site."""

from django.utils import timezone


def notify(user, text, url=""):
    """Leave a sentence for a user, with the address of the page it is about."""
    return user.notices.create(text=text[:400], url=url)


def read_notices(user):
    """Mark all of the user's notices as read; return how many were new."""
    return user.notices.filter(read_at=None).update(read_at=timezone.now())
