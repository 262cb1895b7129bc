"""Closing: an operator bars a creator. Gifts until then remain the creator's."""

from django.db import transaction

from live.models import Creator
from live.sessions.sessions import end_session
from people.access import set_access
from people.models import User


@transaction.atomic
def close_creator(creator: Creator, *, by: User) -> None:
    """End and settle a running live, then deactivate the person behind it. Raise Refusal."""
    # Lock the user's row before the session's, in the order of a comment by the same person: this avoids a deadlock.
    User.objects.select_for_update(no_key=True).get(pk=creator.pk)
    for session in creator.sessions.filter(ended_at=None):
        end_session(session, by=by.email)
    set_access(creator.user, is_active=False, by=by)
