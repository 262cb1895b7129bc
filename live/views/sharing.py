"""Sharing on a page of its own: for a large screen, and for browsers that know no sheets."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_safe

from live.models import LiveSession


@login_not_required
@require_safe
def share(request, session_id):
    """A live to share; once it has ended, its creator's page."""
    live = get_object_or_404(LiveSession.objects.select_related("creator__user"), pk=session_id)
    context = {"live": live, "creator": live.creator, "room_path": resolve_url("room", session_id)}
    return render(request, "live/share.html", context)
