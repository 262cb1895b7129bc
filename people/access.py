"""Access of people: an operator deactivates a person or lets them in again. Rows of people are never deleted."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from people.models import BrowserSession, User
from people.refusals import Refusal


def why_not_change_access(user: User, *, by: User) -> str | None:
    """Return in words why the operator may not change this person's access, or None."""
    if user.pk == by.pk:
        return "You can't deactivate yourself. Ask another operator."
    if user.is_superuser and not by.is_superuser:
        return f"{user.name} is a superuser: another superuser must do this."
    if user.is_staff and not by.is_superuser:
        return f"{user.name} is an operator: a superuser must do this."
    return None


@transaction.atomic
def set_access(user: User, *, is_active: bool, by: User) -> None:
    """Deactivate a person and end all their sessions, or let them in again. Raise Refusal.

    A suspension is over with either: otherwise its end would let in a person who was deactivated after it.
    """
    if refusal := why_not_change_access(user, by=by):
        raise Refusal(refusal)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    user.suspensions.filter(lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by)
    if not is_active:
        end_sessions_of(user)


def end_sessions_of(user: User) -> None:
    """End every session of the person, so that none is valid when they are let in again."""
    listed = UserSession.objects.filter(user=user)
    BrowserSession.objects.filter(Q(user=user) | Q(session_key__in=listed.values("session_key"))).delete()
    listed.delete()
