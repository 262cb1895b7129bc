"""The operator's page of one person, and the pages that confirm what is done to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from live.desk import suspending
from live.desk.person import about_person
from live.views.desk_pages import DeskPages, allowed
from people.answers import Context, in_a_while, see_other
from people.models import User
from people.refusals import Refusal
from people.text.counting import TypedField
from people.text.visible import validate_visible
from people.why_form import WhyForm

# The longest suspension with an end.
LONGEST = timedelta(days=3652)


class NoteForm(forms.Form):
    """A note for other operators."""

    text = TypedField(
        label="Note for other operators",
        max_length=500,
        validators=[validate_visible],
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class UtcField(forms.DateTimeField):
    """A moment that is typed in UTC, whatever the zone of the reader's browser is."""

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            return super().to_python(value)


class SuspendForm(WhyForm):
    """The reason, and until when; empty until an operator lets the person in."""

    until = UtcField(
        label="Until (UTC)",
        required=False,
        help_text="Leave it empty until an operator lets them in again.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError("That moment has passed. Take a later one, or leave it empty.")
        if until and until > timezone.now() + LONGEST:
            raise forms.ValidationError("That is more than ten years ahead. Take an earlier moment, or leave it empty.")
        return until


@dataclass(frozen=True)
class Act:
    """Something an operator can do to a person: its button, its verb, its refusal, and what it means."""

    slug: str
    label: str
    done: str
    form: type[WhyForm]
    do: Callable[..., None]
    why_not: Callable[[User, User], str]
    means: str


def _suspend(person: User, *, by: User, why: str, until: datetime | None) -> None:
    suspending.suspend_person(person, by=by, why=why, until=until)


ACTS = [
    Act(
        "suspend",
        "Suspend",
        "was suspended",
        SuspendForm,
        _suspend,
        suspending.why_not_suspend,
        "All their sessions end at once. A running live ends and its gifts become diamonds. Coins, diamonds and open "
        "withdrawals stay as they are.",
    ),
    Act(
        "let-in",
        "Let in again",
        "can sign in again",
        WhyForm,
        suspending.let_in,
        suspending.why_not_let_in,
        "They can sign in again at once. A suspension is over.",
    ),
    Act(
        "end-sessions",
        "End all sessions",
        "was signed out everywhere",
        WhyForm,
        suspending.end_sessions,
        suspending.why_not_end_sessions,
        "Every browser in which they are signed in is signed out. They may sign in again.",
    ),
]


class PersonPages(DeskPages):
    """The page of a person, for operators who may view people; acts, for those who may change them."""

    def person_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a person; a POST writes a note."""
        operator = allowed(request, "people.view_user")
        person = get_object_or_404(User, pk=pk)
        may_note = operator.has_perm("people.add_operatornote")
        if request.method == "POST" and not may_note:
            raise PermissionDenied
        form = NoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            suspending.write_note(person, by=operator, text=form.cleaned_data["text"])
            messages.success(request, "The note is kept.")
            return see_other("admin:person", pk)
        context = about_person(person, operator) | {"note_form": form if may_note else None}
        context["acts"] = [act for act in ACTS if not act.why_not(person, operator)] if _may_act(operator) else []
        return self.page(request, "person", person.name, context, status=422 if form.is_bound else 200)

    def act_view(self, request: HttpRequest, pk: int, act: Act) -> HttpResponse:
        """Say what will happen, ask why, and do it."""
        operator = allowed(request, "people.change_user")
        person = get_object_or_404(User, pk=pk)
        context: Context = {"person": person, "act": act, "refused": act.why_not(person, operator)}
        if context["refused"]:
            return self._ask(request, context, status=409)
        form = context["form"] = act.form(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self._ask(request, context, status=422 if form.is_bound else 200)
        values = dict(form.cleaned_data)
        try:
            act.do(person, by=operator, why=values.pop("reason"), **values)
        except Refusal as refusal:
            page = self._ask(request, context | {"refused": str(refusal)}, status=refusal.status)
            return in_a_while(page, refusal)
        messages.success(request, f"{person.name} {act.done}.")
        return see_other("admin:person", pk)

    def _ask(self, request: HttpRequest, context: Context, status: int) -> TemplateResponse:
        return self.page(request, "act", f"{context['act'].label}: {context['person'].name}", context, status=status)


def _may_act(operator: User) -> bool:
    return operator.has_perm("people.change_user")
