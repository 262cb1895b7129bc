"""The feed as an event stream. This view takes the seat; the server's event loop then serves it (live/streams)."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from live.feed.cursors import BAD_CURSOR
from live.feed.feed import find_place
from live.forms.tap import FeedForm
from live.models import LiveSession
from live.streams.hub import DOOR
from people.answers import in_a_while
from people.refusals import Refusal
from people.requests import Request


@login_not_required
@require_safe
def events(request: Request, session_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Stream the taps behind the cursor, then each new one. A server that can't stream answers 204: poll the feed."""
    form = FeedForm({"after": request.headers.get("Last-Event-ID") or request.GET.get("after")})
    if not form.is_valid():
        return HttpResponse(BAD_CURSOR, status=422, content_type="text/plain")
    live = get_object_or_404(LiveSession, pk=session_id)
    door = request.META.get(DOOR)
    if door is None:
        return HttpResponse(status=204)
    if request.method == "GET":
        try:
            door.stream = door.hub.open(live.pk, find_place(live, form.cleaned_data["after"]), **_who(request))
        except Refusal as refusal:
            answer = HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
            return in_a_while(answer, refusal)
    # A proxy that compresses buffers pieces until a block is full.
    headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse([], content_type="text/event-stream", headers=headers)


def _who(request: Request) -> dict[str, Any]:
    return {
        "person": request.user.pk,
        "address": get_adapter().get_client_ip(request),
        "is_viewer": "overlay" not in request.GET,
    }
