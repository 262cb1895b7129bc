"""The choice in the tray: a viewer appears by name, or as Somebody."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url

from live.faces import face_of
from live.forms.appearing import AppearForm
from live.models import LiveSession
from live.views.refusing import describe_refusal
from live.views.room import show_room
from people.answers import posted_from, see_other
from people.appearing import appear
from people.pace import paced
from people.refusals import Refusal
from people.requests import SignedInRequest

INVALID = "Choose your name or Somebody. Nothing was changed."


@posted_from("room")
@paced("appear", "changes of your name in lives came")
def appear_in_lives(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Appear by name or as Somebody, from now on and in every live."""
    live = get_object_or_404(LiveSession, pk=session_id)
    form = AppearForm(request.POST)
    if not form.is_valid():
        return _show_face(request, live, INVALID, status=422) if request.htmx else _refuse(request, live)
    appear(request.user, as_somebody=form.cleaned_data["appear"])
    if request.htmx:
        return _show_face(request, live, changed=True)
    face = face_of(request.user, live.pk, request.user.is_somebody)
    messages.success(request, f"You appear as {face.name} in all lives, from now on. “Change” in the tray undoes it.")
    return see_other(f"{resolve_url('room', live.pk)}#tray")


def _show_face(
    request: SignedInRequest, live: LiveSession, error: str = "", *, changed: bool = False, status: int = 200
) -> HttpResponse:
    face = face_of(request.user, live.pk, request.user.is_somebody)
    context = {"live": live, "face": face, "error": error, "changed": changed}
    return render(request, "live/room/_own_face.html", context, status=status)


def _refuse(request: SignedInRequest, live: LiveSession) -> HttpResponse:
    return show_room(request, live.pk, status=422, refused=describe_refusal(Refusal(INVALID), live.pk))
