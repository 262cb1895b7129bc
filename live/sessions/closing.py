"""Closing: an operator keeps a creator out. What viewers gave until then is the creator's."""

from django.db import transaction

from live.sessions.sessions import end_session
from people.access import set_access
from people.models import User


@transaction.atomic
def close_creator(creator, *, by):
    """End and settle a running live, then deactivate the person behind it. Raise Refusal."""
    # The person before the live, as a comment of theirs does: the other way round both would wait for each other.
    User.objects.select_for_update(no_key=True).get(pk=creator.pk)
    for session in creator.sessions.filter(ended_at=None):
        end_session(session, by=by.email)
    set_access(creator.user, is_active=False, by=by)
