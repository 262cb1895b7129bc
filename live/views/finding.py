"""Pages that find creators and lives: search, and the creators whom the reader follows."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from live.creators.creators import with_followers
from live.creators.finding import MOST_FOUND, find_creators, find_lives
from live.creators.following import followed_by
from live.forms.finding import SearchForm
from live.totals import stats
from people.requests import Request, SignedInRequest

CREATORS_PER_PAGE = 20
FOLLOWED_PER_PAGE = 30
LIVES_FOUND = 12


@login_not_required
@require_safe
def search(request: Request) -> HttpResponse:
    """Find creators and running lives by the beginnings of words."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {"form": form, "text": text, "query": urlencode({"q": text}), "most": MOST_FOUND}
    if text:
        found = Paginator(with_followers(find_creators(text)), CREATORS_PER_PAGE)
        context["page"] = found.get_page(request.GET.get("page"))
        context["lives"] = stats.sessions_now_live().filter(pk__in=find_lives(text))[:LIVES_FOUND]
    return render(request, "live/finding/search.html", context, status=422 if form.errors else 200)


@require_safe
def following(request: SignedInRequest) -> HttpResponse:
    """The creators whom the reader follows, those who are live first."""
    page = Paginator(followed_by(request.user), FOLLOWED_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "live/finding/following.html", {"page": page})
