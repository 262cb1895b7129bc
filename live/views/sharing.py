"""Pages for sharing: a live with its address and QR code, and the share image of an ended live."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_safe

from live.models import LiveSession
from live.room.share_images import share_image_of
from live.totals.outcomes import with_outcome
from people.requests import Request, SignedInRequest


@login_not_required
@require_safe
def share(request: Request, session_id: UUID) -> HttpResponse:
    """The address and QR code of a running live, or of its creator's page once it has ended."""
    live = get_object_or_404(LiveSession.objects.select_related("creator__user"), pk=session_id)
    context = {"live": live, "creator": live.creator, "room_path": resolve_url("room", session_id)}
    return render(request, "live/sharing/page.html", context)


@require_safe
def share_image(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The share image of an ended live, for its creator only: a preview, a text beside it, and the link."""
    own = LiveSession.objects.filter(creator=request.user.pk).select_related("creator__user", "settlement")
    session = get_object_or_404(with_outcome(own), pk=session_id)
    if session.is_live:
        return redirect("studio")
    context = {
        "session": session,
        "image": share_image_of(session),
        "page_url": request.build_absolute_uri(resolve_url("creator", session.creator.handle)),
        "summary_url": resolve_url("summary", session_id),
    }
    return render(request, "live/summary/share_image.html", context)
