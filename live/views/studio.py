"""The creator's console: become a creator, start a live, watch what comes in, end it."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from live import stats
from live.comments import moderation_of
from live.creators import become_creator, creator_of, edit_page
from live.forms.going_live import LiveForm, StartForm, as_last_time, what_was_chosen
from live.forms.studio import CreatorForm, ProfileForm
from live.gifters import Gifters
from live.goals import goal_of
from live.models import LiveSession, LiveTerms
from live.sessions import (
    change_session,
    end_session,
    ends_by_itself_at,
    followers_missing,
    say_creator_is_here,
    start_session,
)
from live.tallies import gifter_count, totals_of
from live.views.posting import go_to
from payouts import worth
from people.answers import posted_from, see_other
from people.refusals import Refusal

PAST_PER_PAGE = 10
CHANGED = "Saved. The room shows it within seconds."
NOTHING_NEW = 204
STOP_POLLING = 286


@require_safe
def studio(request):
    """During a live what comes in; before one the way to start it; for who isn't a creator the way to become one."""
    creator = creator_of(request.user)
    if creator is None:
        return _profile_again(request, None, CreatorForm(initial={"name": request.user.name}), 200)
    session = creator.sessions.filter(ended_at=None).select_related("creator__user").first()
    if session is None:
        return _before_a_live(request, creator)
    return during_a_live(request, session)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Become a creator, or change what others read on one's page."""
    creator = creator_of(request.user)
    form = _profile_form(request, creator)
    if not form.is_valid():
        return _profile_again(request, creator, form, 422 if form.is_bound else 200)
    if creator:
        edit_page(creator, **form.cleaned_data)
        messages.success(request, "Your page is saved.")
        return go_to(request, see_other("creator", creator.handle))
    try:
        become_creator(user=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("handle", str(refusal))
        return _profile_again(request, None, form, refusal.status)
    return go_to(request, see_other("studio"))


@posted_from("studio")
def start(request):
    """Go live."""
    creator = creator_of(request.user)
    if creator is None:
        raise Refusal("Become a creator first: choose a handle in the studio.")
    form = StartForm(request.POST)
    if form.is_valid():
        start_session(creator=creator, **form.choices())
        return go_to(request, see_other("studio"))
    if request.htmx:
        return render(request, "live/_start.html", {"form": form}, status=422)
    return _before_a_live(request, creator, form, status=422)


@posted_from("studio", about_one=False)
def change(request, session_id):
    """Change title, goal and video of a live that runs."""
    session = _own_session_or_404(request, session_id)
    form = LiveForm(request.POST)
    if not form.is_valid():
        return _change_again(request, session, form, status=422)
    change_session(session, **form.cleaned_data)
    if request.htmx:
        return _change_again(request, session, form, said=CHANGED)
    messages.success(request, CHANGED)
    return see_other("studio")


@require_safe
def activity(request):
    """What just happened in the running live: polled every 2 s, and told to stop once the live has ended."""
    creator = creator_of(request.user)
    session = creator and creator.sessions.filter(ended_at=None).first()
    if session is None:
        return _live_is_over(stats.past_sessions(creator).first() if creator else None)
    taps = stats.latest_combos(session)
    if request.GET.get("seen") == stats.mark_of(taps):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "live/_activity.html", {"oob": True, **_activity_of(session, taps)})


@posted_from("summary")
def here(request, session_id):
    """The creator is still there: the live goes on."""
    session = _own_session_or_404(request, session_id)
    if not session.is_live:
        return _live_is_over(session) if request.htmx else see_other("summary", session_id)
    say_creator_is_here(session)
    session.refresh_from_db(fields=["creator_seen_at"])
    return render(request, "live/_pulse.html", _pulse_of(session)) if request.htmx else see_other("studio")


@posted_from("summary")
def end(request, session_id):
    """End the live; its points become diamonds. A repeat leads to the same summary."""
    session = _own_session_or_404(request, session_id)
    end_session(session, by="creator")
    return go_to(request, see_other("summary", session_id))


def _own_session_or_404(request, session_id):
    return get_object_or_404(
        LiveSession.objects.select_related("creator__user"), pk=session_id, creator=request.user.pk
    )


def _live_is_over(session):
    """Tell a poll to stop, and htmx to show what came of the live."""
    response = HttpResponse(status=STOP_POLLING)
    if session:
        response["HX-Redirect"] = resolve_url("summary", session.pk)
    return response


def _change_again(request, session, form, *, said=None, status=200):
    if request.htmx:
        context = {"form": form, "session": session, "said": said}
        return render(request, "live/_change.html", context, status=status)
    return during_a_live(request, session, form, status=status)


def during_a_live(request, session, form=None, status=200, **said):
    """Show the studio of a running live."""
    context = {**_activity_of(session), **_pulse_of(session), **moderation_of(session), "comment_id": uuid4(), **said}
    context["form"] = form or LiveForm(initial=what_was_chosen(session))
    return render(request, "live/studio_live.html", context, status=status)


def _activity_of(session, taps=None):
    taps = stats.latest_combos(session) if taps is None else taps
    totals = totals_of([session])[session.pk]
    return {
        "session": session,
        "taps": taps[: stats.ROWS],
        "mark": stats.mark_of(taps),
        "totals": totals,
        "a_minute": stats.gifts_a_minute(session, totals.gifts),
        "pace_before": stats.pace_of(stats.session_before(session)),
        "minutes": stats.minutes_of(session),
        "rates": worth.rates_at(),
    }


def _pulse_of(session):
    return {
        "session": session,
        "goal": goal_of(session),
        "chart": stats.chart_of(session),
        "gifters": Gifters(session)[: stats.TOP],
        "gifter_count": gifter_count(session),
        "terms": (terms := LiveTerms.objects.at()),
        "ends_at": ends_by_itself_at(session, terms),
    }


def _before_a_live(request, creator, form=None, status=200):
    terms, followers = LiveTerms.objects.at(), creator.followers.count()
    page = Paginator(stats.past_sessions(creator), PAST_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "creator": creator,
        "form": form or StartForm(initial=as_last_time(creator.sessions.first())),
        "terms": terms,
        "followers": followers,
        "missing": followers_missing(creator, terms, followers),
        "page": page,
        "rates": worth.rates_at(),
    }
    return render(request, "live/studio.html", context, status=status)


def _profile_form(request, creator):
    posted = request.POST if request.method == "POST" else None
    if creator:
        return ProfileForm(posted, initial={"name": creator.name, "bio": creator.bio})
    return CreatorForm(posted, initial={"name": request.user.name})


def _profile_again(request, creator, form, status):
    if creator or request.htmx:
        page = "live/_profile.html" if request.htmx else "live/profile.html"
        return render(request, page, {"form": form, "creator": creator}, status=status)
    return render(request, "live/studio_become.html", {"form": form, "terms": LiveTerms.objects.at()}, status=status)
