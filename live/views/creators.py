"""Pages about creators: the home page, the list of running lives, and each creator's page."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_safe

from live.creators import following
from live.creators.creators import with_followers
from live.forms.finding import CategoryForm
from live.models import Category, Creator, LiveSession, LiveTerms
from live.sessions.sessions import followers_missing
from live.totals import stats
from payouts import worth
from people.answers import Context, posted_from, see_other
from people.pace import paced
from people.requests import Request, SignedInRequest
from wallet.errands import own_path

FOLLOWED_AT_HOME = 12
LIVES_AT_HOME = 6
LIVES_PER_PAGE = 48
PAST_PER_PAGE = 10


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    """The home page: whom the reader follows, running lives, how it works, and today's worth of coin and diamond."""
    kinds = _kinds_of(request)
    lives = list(_lives_of(kinds)[: LIVES_AT_HOME + 1])
    context = {
        **kinds,
        "followed": following.followed_by(request.user)[:FOLLOWED_AT_HOME] if request.user.is_authenticated else [],
        "lives": lives[:LIVES_AT_HOME],
        "liveliest": stats.liveliest(lives[:LIVES_AT_HOME]),
        "more": len(lives) > LIVES_AT_HOME,
        "rates": worth.rates_at(),
    }
    return render(request, "live/creators/home.html", context)


@login_not_required
@require_safe
def live_now(request: Request) -> HttpResponse:
    """All running lives, or those of a category."""
    kinds = _kinds_of(request)
    page = Paginator(_lives_of(kinds), LIVES_PER_PAGE).get_page(request.GET.get("page"))
    query = f"category={kinds['category'].slug}" if kinds["category"] else ""
    return render(request, "live/creators/live_now.html", {**kinds, "page": page, "query": query})


@login_not_required
@require_safe
def creator(request: Request, handle: str) -> HttpResponse:
    """A creator's public page. Only the creator sees how many followers are missing for gifts."""
    creator = get_object_or_404(with_followers(Creator.objects.select_related("user")), handle=handle)
    is_own = creator.pk == request.user.pk
    context = {
        "creator": creator,
        "is_own": is_own,
        "follows": not is_own and following.is_following(user=request.user, creator=creator),
        "running": creator.sessions.filter(ended_at=None).first(),
        "page": Paginator(stats.past_sessions(creator), PAST_PER_PAGE).get_page(request.GET.get("page")),
    }
    if is_own:
        terms = LiveTerms.objects.at()
        context |= {"terms": terms, "followers_to_go": followers_missing(creator, terms, creator.follower_count)}
    return render(request, "live/creators/creator.html", context)


@posted_from("creator")
@paced("follow", "follows and unfollows came")
def follow(request: SignedInRequest, handle: str) -> HttpResponse:
    """Follow a creator."""
    return _follow_changed(request, handle, following.follow)


@posted_from("creator")
@paced("follow", "follows and unfollows came")
def unfollow(request: SignedInRequest, handle: str) -> HttpResponse:
    """Stop following a creator."""
    return _follow_changed(request, handle, following.unfollow)


def _follow_changed(request: SignedInRequest, handle: str, change: Callable[..., None]) -> HttpResponse:
    creator = get_object_or_404(Creator, handle=handle)
    change(user=request.user, creator=creator)
    if not request.htmx:
        return see_other(own_path(request.POST.get("next", ""), request) or resolve_url("creator", handle))
    creator = with_followers(Creator.objects.select_related("user")).get(pk=creator.pk)
    follows = following.is_following(user=request.user, creator=creator)
    return render(request, "live/creators/_follow.html", {"creator": creator, "follows": follows})


def _kinds_of(request: Request) -> Context:
    """Return the categories that a page lists, and the one that its address names, or None."""
    categories, slug = list(Category.objects.shown()), CategoryForm.of(request.GET).slug
    return {"categories": categories, "category": next((one for one in categories if one.slug == slug), None)}


def _lives_of(kinds: Context) -> QuerySet[LiveSession]:
    lives = stats.sessions_now_live()
    return lives.filter(category=kinds["category"]) if kinds["category"] else lives
