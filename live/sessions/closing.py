"""Closing: an operator ends a live or bars a creator. Gifts until then remain the creator's."""

from django.db import transaction

from live.models import Creator, LiveSession
from live.sessions.sessions import end_session
from people.access import set_access
from people.models import User
from people.notices import notify


@transaction.atomic
def close_session(session: LiveSession, *, by: User, why: str) -> bool:
    """End and settle a live, and tell its creator why; return whether it was still running."""
    # Lock the row: two operators at the same time could otherwise both tell the creator.
    session = LiveSession.objects.select_for_update(of=("self",)).select_related("creator__user").get(pk=session.pk)
    if not session.is_live:
        return False
    end_session(session, by=by.email)
    words = f"“{session.title}” was ended by an operator: {why.rstrip('.')}. Its points are diamonds now."
    notify(session.creator.user, words, f"/live/{session.id}/summary/")
    return True


@transaction.atomic
def close_creator(creator: Creator, *, by: User) -> None:
    """End and settle a running live, then deactivate the person behind it. Raise Refusal."""
    # Lock the user's row before the session's, in the order of a comment by the same person: this avoids a deadlock.
    User.objects.select_for_update(no_key=True).get(pk=creator.pk)
    for session in creator.sessions.filter(ended_at=None):
        end_session(session, by=by.email)
    set_access(creator.user, is_active=False, by=by)
