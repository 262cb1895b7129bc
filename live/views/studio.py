"""The studio before a live: become a creator, edit one's page, and start a live."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from live.creators.creators import become_creator, creator_of, edit_page
from live.forms.going_live import StartForm, as_last_time
from live.forms.studio import BannerForm, CreatorForm, ProfileForm
from live.models import Creator, LiveTerms
from live.sessions.sessions import followers_missing, start_session
from live.totals import stats
from live.views.posting import go_to
from live.views.studio_live import show_running_live
from payouts import worth
from people.answers import in_a_while, posted_from, see_other
from people.pace import paced
from people.permissions_policy import let_use
from people.refusals import Refusal
from people.requests import SignedInRequest
from people.taken_names import NameRefused

PAST_PER_PAGE = 10


@require_safe
def studio(request: SignedInRequest) -> HttpResponse:
    """The running live, or the form that starts one, or the form that makes a viewer a creator."""
    creator = creator_of(request.user)
    if creator is None:
        return _profile_again(request, None, CreatorForm(initial={"name": request.user.name}), 200)
    return show_running_live(request, creator) or _before_a_live(request, creator)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Become a creator, or edit the words on one's page."""
    creator = creator_of(request.user)
    form = _profile_form(request, creator)
    if not form.is_valid():
        return _profile_again(request, creator, form, 422 if form.is_bound else 200)
    try:
        if creator:
            edit_page(creator, **form.cleaned_data)
        else:
            become_creator(user=request.user, **form.cleaned_data)
    except Refusal as refusal:
        # The form of an existing creator has no handle.
        form.add_error("name" if creator or isinstance(refusal, NameRefused) else "handle", str(refusal))
        return in_a_while(_profile_again(request, creator, form, refusal.status), refusal)
    if not creator:
        return go_to(request, see_other("studio"))
    messages.success(request, "Your page is saved.")
    return go_to(request, see_other("creator", creator.handle))


@posted_from("studio")
@paced("start", "lives were started")
def start(request: SignedInRequest) -> HttpResponse:
    """Go live."""
    creator = creator_of(request.user)
    if creator is None:
        raise Refusal("Become a creator first: choose a handle in the studio.")
    form = StartForm(request.POST)
    if form.is_valid():
        start_session(creator=creator, **form.choices())
        return go_to(request, see_other("studio"))
    if request.htmx:
        to_go = followers_missing(creator)
        return render(request, "live/studio/_start.html", {"form": form, "followers_to_go": to_go}, status=422)
    return _before_a_live(request, creator, form, status=422)


def _before_a_live(
    request: SignedInRequest, creator: Creator, form: StartForm | None = None, status: int = 200
) -> HttpResponse:
    terms, followers = LiveTerms.objects.at(), creator.followers.count()
    page = Paginator(stats.past_sessions(creator), PAST_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "creator": creator,
        "form": form or StartForm(initial=as_last_time(creator.sessions.select_related("category").first())),
        "terms": terms,
        "followers": followers,
        "followers_to_go": followers_missing(creator, terms, followers),
        "page": page,
        "rates": worth.rates_at(),
    }
    return let_use(render(request, "live/studio/page.html", context, status=status), "camera", "microphone")


def _profile_form(request: SignedInRequest, creator: Creator | None) -> CreatorForm | ProfileForm:
    posted = request.POST if request.method == "POST" else None
    if creator:
        return ProfileForm(posted, initial={name: getattr(creator, name) for name in ProfileForm.base_fields})
    return CreatorForm(posted, initial={"name": request.user.name})


def _profile_again(
    request: SignedInRequest, creator: Creator | None, form: CreatorForm | ProfileForm, status: int
) -> HttpResponse:
    if creator or request.htmx:
        page = "live/studio/_profile.html" if request.htmx else "live/studio/profile.html"
        context = {"form": form, "banner_form": BannerForm(), "creator": creator}
        return render(request, page, context, status=status)
    return render(request, "live/studio/become.html", {"form": form, "terms": LiveTerms.objects.at()}, status=status)
