"""Who may come in: people are deactivated and let in again by an operator, never deleted."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from people.models import User
from people.refusals import Refusal


def why_not_change_access(user: User, *, by: User) -> str | None:
    """Return why the operator may not let this person in or out, in words, or None."""
    if user.pk == by.pk:
        return "You can't deactivate yourself. Ask another operator."
    if user.is_superuser and not by.is_superuser:
        return f"{user.name} is a superuser: another superuser must do this."
    return None


@transaction.atomic
def set_access(user: User, *, is_active: bool, by: User) -> None:
    """Deactivate a person, ending all their sessions at once, or let them in again. Raise Refusal."""
    if refusal := why_not_change_access(user, by=by):
        raise Refusal(refusal)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_sessions_of(user)


def end_sessions_of(user: User) -> None:
    """End every session of the person, so that none comes back to life when they are let in again."""
    for session in UserSession.objects.filter(user=user):
        session.end()
