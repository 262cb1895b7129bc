"""After a live: its income and the split of its coins, and thanks to the people who gave."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from live.forms.studio import ThanksForm
from live.models import LiveSession
from live.totals import outcomes, stats
from live.totals.gifters import Gifter, Gifters
from live.totals.thanks import given_by, thank
from payouts import worth
from people.answers import Context, see_other
from people.requests import SignedInRequest

GIFTERS_PER_PAGE = 25
ALL_THANKED = "They had your thanks already. Nothing was sent twice."


@require_safe
def summary(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The result of an ended live, for its creator and for staff who may view lives."""
    session = _session_or_404(request, session_id)
    if session.is_live:
        return redirect("studio") if session.creator_id == request.user.pk else redirect("room", session_id)
    before = outcomes.outcome_before(session)
    context = {
        "settlement": session.settlement,
        "rates": worth.rates_at(session.settlement.settled_at),
        "a_minute": stats.gifts_a_minute(session, session.settlement.gifts),
        "before": before,
        "compared": outcomes.compare(session, before),
        "received": stats.gifts_received(session),
        "chart": stats.chart_of(session),
        "best": stats.best_minute(session),
        **_people_of(request, session, ThanksForm(session=session)),
    }
    return render(request, "live/summary/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The creator's form that thanks gifters; for a gifter, the thanks that they received."""
    if request.method == "POST":
        return _thank(request, session_id)
    session = get_object_or_404(LiveSession.objects.select_related("creator__user"), pk=session_id)
    if session.creator_id == request.user.pk:
        return redirect("summary", session_id) if session.is_live else _thanks_page(request, session)
    thanks = get_list_or_404(request.user.thanks_received, session=session)
    context = {
        "session": session,
        "thanks": thanks,
        "gave": given_by(request.user, session),
        "rates": worth.rates_at(session.ended_at),
    }
    return render(request, "live/summary/thanks.html", context)


def _thank(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    session = get_object_or_404(_own(request), pk=session_id)
    form = ThanksForm(request.POST, session=session)
    if not form.is_valid():
        return _thanks_page(request, session, form, status=422)
    thanked = thank(session, form.cleaned_data["gifter"], form.cleaned_data["words"])
    said = f"{thanked} {'person has' if thanked == 1 else 'people have'} your thanks." if thanked else ALL_THANKED
    if request.htmx:
        return _thanks_page(request, session, form, said=said)
    messages.success(request, said)
    return see_other("summary", session_id)


def _thanks_page(
    request: SignedInRequest, session: LiveSession, form: ThanksForm | None = None, status: int = 200, said: str = ""
) -> HttpResponse:
    context = {"said": said, **_people_of(request, session, form or ThanksForm(session=session))}
    template = "live/summary/_gifters.html" if request.htmx else "live/summary/thanks_list.html"
    return render(request, template, context, status=status)


def _people_of(request: SignedInRequest, session: LiveSession, form: ThanksForm) -> Context:
    # A slice and a count are all that a paginator needs.
    paginator: Paginator[Gifter] = Paginator(Gifters(session), GIFTERS_PER_PAGE)  # type: ignore[arg-type]
    people = paginator.get_page(request.GET.get("page"))
    is_own = session.creator_id == request.user.pk
    thanked = session.thanks.count()
    return {
        "session": session,
        "people": people,
        "form": form,
        "is_own": is_own,
        "thanked": thanked,
        "unthanked": people.paginator.count - thanked,
    }


def _own(request: SignedInRequest) -> QuerySet[LiveSession]:
    return LiveSession.objects.select_related("creator__user", "settlement").filter(creator=request.user.pk)


def _session_or_404(request: SignedInRequest, session_id: UUID) -> LiveSession:
    sessions = outcomes.with_outcome(LiveSession.objects.select_related("creator__user", "settlement"))
    may_see_all = request.user.is_staff and request.user.has_perm("live.view_livesession")
    return get_object_or_404(sessions if may_see_all else sessions.filter(creator=request.user.pk), pk=session_id)
