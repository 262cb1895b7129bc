"""The history of a creator's lives."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from live.models import Creator
from live.totals.past import draw_lives, past_of
from live.totals.stats import past_sessions

PER_PAGE = 20


@require_safe
def history(request):
    """List the ended lives, newest first, with their totals and a chart of the lives on the page."""
    creator = get_object_or_404(Creator, pk=request.user.pk)
    page = Paginator(past_sessions(creator), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "past": past_of(creator), "picture": draw_lives(list(page))}
    return render(request, "live/history.html", context)
