"""The studio while a live runs: its events and numbers, a test gift, changes, and the end."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from live.comments.comments import moderation_of
from live.creators.creators import creator_of
from live.feed.tallies import first_timers, gifter_count, totals_of
from live.forms.going_live import LiveForm, NextGoalForm, what_was_chosen
from live.forms.overlay import TestAlertForm
from live.gifts.test_gifts import send_test_gift
from live.models import Creator, LiveSession, LiveTerms
from live.overlay.overlays import connection_of
from live.room import happenings
from live.room.presence import viewers_now
from live.sessions.goals import goal_at, take_next_goal
from live.sessions.sessions import change_session, end_session, ends_by_itself_at, note_creator_seen
from live.totals import stats
from live.totals.gifters import Gifters
from live.views.posting import go_to
from live.views.unsent import forget_unsent, take_unsent
from payouts import worth
from people.answers import Context, posted_from, see_other
from people.pace import paced
from people.permissions_policy import let_use
from people.refusals import Refusal
from people.requests import SignedInRequest

CHANGED = "Saved. The room shows it within seconds."
NOTHING_NEW = 204
STOP_POLLING = 286


@require_safe
def activity(request: SignedInRequest) -> HttpResponse:
    """Answer the studio's request for the newest events: 204 if their mark is still `seen`, 286 after the end."""
    creator = creator_of(request.user)
    session = _running(creator) if creator else None
    if session is None:
        return _live_is_over(stats.past_sessions(creator).first() if creator else None)
    news = _news_of(session)
    if request.GET.get("seen") == news["mark"]:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "live/studio/_activity.html", {**_numbers_of(session), **news, "oob": True})


@posted_from("summary")
def here(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Note that the studio is open, which keeps the live running; answer with chart and top gifters."""
    session = _own_session_or_404(request, session_id)
    if not session.is_live:
        return _live_is_over(session) if request.htmx else see_other("summary", session_id)
    note_creator_seen(session)
    session.refresh_from_db(fields=["creator_seen_at"])
    return render(request, "live/studio/_pulse.html", _pulse_of(session)) if request.htmx else see_other("studio")


@posted_from("studio", about_one=False)
def change(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Change title, goal and video of a live that runs."""
    session = _own_session_or_404(request, session_id)
    form = LiveForm(request.POST, initial=what_was_chosen(session))
    if not form.is_valid():
        return _change_again(request, session, form, status=422)
    change_session(session, **form.cleaned_data)
    if request.htmx:
        return _change_again(request, session, form, said=CHANGED)
    messages.success(request, CHANGED)
    return see_other("studio")


@posted_from("studio", about_one=False)
def next_goal(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Take the goal that is offered after the one that is reached."""
    session = _own_session_or_404(request, session_id)
    form = NextGoalForm(request.POST)
    if not form.is_valid():
        return HttpResponse("`reached` is the goal that is reached, a whole number.", status=422)
    goal = take_next_goal(session, reached=form.cleaned_data["reached"])
    if request.htmx:
        return render(request, "live/studio/_goal_card.html", {"session": session, "goal": goal})
    return see_other("studio")


@posted_from("studio", about_one=False)
@paced("test_gift", "test gifts were sent")
def test_gift(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Show a test gift in the room, the studio and the overlay. It is marked as a test and in no sum."""
    session = _own_session_or_404(request, session_id)
    form = TestAlertForm(request.POST)
    if not form.is_valid():
        return _test_again(request, session, form)
    if not session.is_live:
        raise Refusal("This live has ended. A test before the next one can be sent from the overlay’s page.")
    gift = form.cleaned_data["gift"]
    send_test_gift(session.creator, gift)
    words = f"{gift.name} is on its way as a test. It costs nothing and counts nowhere."
    if request.htmx:
        return render(request, "_notice.html", {"level": "good", "text": words})
    messages.success(request, words)
    return see_other("studio")


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Ask before the end; a POST ends the live, and its points become diamonds. A repeat leads to the same summary."""
    if request.method != "POST":
        session = LiveSession.objects.filter(pk=session_id, creator=request.user.pk, ended_at=None).first()
        return (
            render(request, "live/studio/end.html", {"session": session})
            if session
            else redirect("summary", session_id)
        )
    session = _own_session_or_404(request, session_id)
    end_session(session, by="creator")
    return go_to(request, see_other("summary", session_id))


def show_running_live(request: SignedInRequest, creator: Creator, **shown: Any) -> HttpResponse | None:
    """Return the page of the running live, with a comment that was typed while logged out; None if none runs."""
    session = _running(creator)
    if session is None:
        return None
    typed = take_unsent(request, session.pk)
    response = during_a_live(request, session, typed=typed, **shown)
    return forget_unsent(response, resolve_url("studio")) if typed else response


def during_a_live(request: SignedInRequest, session: LiveSession, status: int = 200, **shown: Any) -> HttpResponse:
    """Show the studio of a running live; `shown` replaces forms that have errors."""
    context = {
        **_numbers_of(session),
        **_news_of(session),
        **_pulse_of(session),
        **moderation_of(session),
        "comment_id": uuid4(),
        "obs": connection_of(session.creator),
        "form": LiveForm(initial=what_was_chosen(session)),
        "test_form": TestAlertForm(),
        **shown,
    }
    return let_use(render(request, "live/studio/live.html", context, status=status), "camera", "microphone")


def _running(creator: Creator) -> LiveSession | None:
    return creator.sessions.filter(ended_at=None).select_related("creator__user", "category").first()


def _own_session_or_404(request: SignedInRequest, session_id: UUID) -> LiveSession:
    return get_object_or_404(
        LiveSession.objects.select_related("creator__user", "category"), pk=session_id, creator=request.user.pk
    )


def _live_is_over(session: LiveSession | None) -> HttpResponse:
    """Tell a poll to stop, and htmx to open the summary of the live."""
    response = HttpResponse(status=STOP_POLLING)
    if session:
        response["HX-Redirect"] = resolve_url("summary", session.pk)
    return response


def _change_again(
    request: SignedInRequest, session: LiveSession, form: LiveForm, *, said: str | None = None, status: int = 200
) -> HttpResponse:
    if request.htmx:
        context = {"form": form, "session": session, "said": said}
        return render(request, "live/studio/_change.html", context, status=status)
    return show_running_live(request, session.creator, form=form, status=status) or see_other("studio")


def _test_again(request: SignedInRequest, session: LiveSession, form: TestAlertForm) -> HttpResponse:
    if request.htmx:
        context = {"level": "bad", "text": " ".join(map(str, form.errors.get("gift", [])))}
        return render(request, "_notice.html", context, status=422)
    return show_running_live(request, session.creator, test_form=form, status=422) or see_other("studio")


def _news_of(session: LiveSession) -> Context:
    """Return the newest events and viewers of a live, and a mark that changes with them."""
    news = happenings.what_happened(session)
    viewers = viewers_now(session)
    goal = f"{session.goal_kind}{session.goal or ''}"
    mark = f"{news.mark}.{viewers}.{session.peak_viewers}.{goal}"
    greatest = happenings.newest_ovation(session)
    mark += f".{greatest.pk}.{greatest.said_id}" if greatest else ""
    return {"happenings": news.lines, "cursor": news.cursor, "viewers": viewers, "mark": mark, "greatest": greatest}


def _numbers_of(session: LiveSession) -> Context:
    totals, gifters = totals_of([session])[session.pk], gifter_count(session)
    return {
        "session": session,
        "totals": totals,
        "gifter_count": gifters,
        "first_timers": first_timers(session),
        "goal": goal_at(session, points=totals.points, gifters=gifters),
        "a_minute": stats.gifts_a_minute(session, totals.gifts),
        "pace_before": stats.pace_of(stats.session_before(session)),
        "rates": worth.rates_at(),
    }


def _pulse_of(session: LiveSession) -> Context:
    return {
        "session": session,
        "chart": stats.chart_of(session),
        "gifters": Gifters(session)[: stats.TOP],
        "terms": (terms := LiveTerms.objects.at()),
        "ends_at": ends_by_itself_at(session, terms),
    }
