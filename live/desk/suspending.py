"""An operator's verbs about a person: suspend with a reason and until when, let in again, end sessions, note."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone

from live.models import Creator
from live.sessions.closing import close_creator
from people.access import end_sessions_of, set_access, why_not_change_access
from people.models import OperatorNote, Suspension, User
from people.refusals import Refusal


def why_not_suspend(person: User, by: User) -> str:
    """Return in words why the operator can't suspend the person; empty if they can."""
    if not person.is_active:
        return f"{person.name} can't sign in already."
    return why_not_change_access(person, by=by) or ""


def why_not_let_in(person: User, by: User) -> str:
    """Return in words why the operator can't let the person in again; empty if they can."""
    return f"{person.name} can sign in already." if person.is_active else why_not_change_access(person, by=by) or ""


def why_not_end_sessions(person: User, by: User) -> str:
    """Return in words why the operator can't end the person's sessions; empty if they can."""
    return why_not_change_access(person, by=by) or ""


@transaction.atomic
def suspend_person(
    person: User, *, by: User, why: str, until: datetime | None = None, now: datetime | None = None
) -> Suspension:
    """Bar a person until a moment, or until they are let in; a running live ends and settles. Raise Refusal."""
    now = now or timezone.now()
    person = _locked(person)
    if refused := why_not_suspend(person, by):
        raise Refusal(refused)
    if until is not None and until <= now:
        raise Refusal("That moment has passed. Nothing was changed.")
    creator = Creator.objects.filter(pk=person.pk).select_related("user").first()
    if creator:
        close_creator(creator, by=by)
    else:
        set_access(person, is_active=False, by=by)
    words = f"until {until:%-d %b %Y, %H:%M} UTC" if until else "until they are let in"
    _log(person, by, f"Suspended {words}", why)
    return Suspension.objects.create(person=person, by=by, reason=why[:200], since=now, until=until)


@transaction.atomic
def let_in(person: User, *, by: User, why: str) -> None:
    """Let a person sign in again; their suspension is over. Raise Refusal."""
    person = _locked(person)
    if refused := why_not_let_in(person, by):
        raise Refusal(refused)
    set_access(person, is_active=True, by=by)
    _log(person, by, "Let in again", why)


@transaction.atomic
def end_sessions(person: User, *, by: User, why: str) -> None:
    """End every log-in session of a person, who may sign in anew. Raise Refusal."""
    if refused := why_not_end_sessions(person, by):
        raise Refusal(refused)
    end_sessions_of(person)
    _log(person, by, "Ended all sessions", why)


@transaction.atomic
def write_note(person: User, *, by: User, text: str) -> OperatorNote:
    """Write a note about a person for other operators; return it. A repeat of the newest note returns that one."""
    newest = _locked(person).notes_about.first()
    if newest and (newest.author_id, newest.text) == (by.pk, text):
        return newest
    return OperatorNote.objects.create(about=person, author=by, text=text)


def lift_ended_suspensions(now: datetime | None = None) -> int:
    """Let in the people whose suspension has ended; return how many. Safe to repeat."""
    now = now or timezone.now()
    ended = Suspension.objects.filter(lifted_at=None, until__lte=now).select_related("person")
    return sum(_lift(suspension, now) for suspension in list(ended))


@transaction.atomic
def _lift(suspension: Suspension, now: datetime) -> bool:
    person = _locked(suspension.person)
    if not Suspension.objects.filter(pk=suspension.pk, lifted_at=None).update(lifted_at=now):
        return False
    person.is_active = True
    person.save(update_fields=["is_active"])
    return True


def _locked(person: User) -> User:
    """Lock the person's row before any other, as close_creator() does. Another order could end in a deadlock."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _log(person: User, by: User, what: str, why: str) -> None:
    LogEntry.objects.log_actions(by.pk, [person], CHANGE, f"{what}. Reason: {why}", single_object=True)
