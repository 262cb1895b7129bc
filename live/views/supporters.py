"""Supporters of a creator: the creator's own list over all lives, and the public leaderboards."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from live.forms.supporters import LeaderboardForm, SupportersForm
from live.models import Creator, Supporter
from live.totals.leaderboards import leaderboards_of
from live.totals.supporters import Supporters, somebodies_of
from live.totals.supporters_csv import supporters_as_csv
from people.brand import site_brand
from people.requests import Request, SignedInRequest

PER_PAGE = 25


@require_safe
def supporters(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """List all people who gave by name, including the running live; `?format=csv` returns them as a file."""
    creator = get_object_or_404(Creator, pk=request.user.pk)
    asked = SupportersForm.of(request.GET)
    running = creator.sessions.filter(ended_at=None).first()
    people = Supporters(creator, asked.order, search=asked.search, running=running)
    if request.GET.get("format") == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{site_brand().slug}-supporters.csv"'}
        lines = supporters_as_csv(people, somebodies_of(creator))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    # A slice and a count are all that a paginator needs.
    paginator: Paginator[Supporter] = Paginator(people, PER_PAGE)  # type: ignore[arg-type]
    context = {
        "page": paginator.get_page(request.GET.get("page")),
        "somebodies": None if asked.search else somebodies_of(creator),
        "asked": asked,
        "query": urlencode({"by": asked.order, "name": asked.search}),
        "running": running,
        "creator": creator,
    }
    return render(request, "live/creators/supporters.html", context)


@login_not_required
@require_safe
def leaderboard(request: Request, handle: str) -> HttpResponse:
    """The leaderboards by lives or points, of this week and of all time. Public; people by name only."""
    creator = get_object_or_404(Creator.objects.select_related("user"), handle=handle)
    by = LeaderboardForm.of(request.GET).rank
    context = {"creator": creator, "by": by, **leaderboards_of(creator, by)}
    return render(request, "live/creators/leaderboard.html", context)
