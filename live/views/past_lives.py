"""The past lives of a creator."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from live.models import Creator
from live.totals.past_lives import draw_lives, past_lives_of
from live.totals.stats import past_sessions
from people.requests import SignedInRequest

PER_PAGE = 20


@require_safe
def past_lives(request: SignedInRequest) -> HttpResponse:
    """List the ended lives, newest first, with their totals and a chart of the lives on the page."""
    creator = get_object_or_404(Creator, pk=request.user.pk)
    page = Paginator(past_sessions(creator), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "past": past_lives_of(creator), "picture": draw_lives(list(page))}
    return render(request, "live/past_lives.html", context)
