"""The pages that trace a creator's diamonds to the live and gifts they came from, and to their withdrawal."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from live.forms.diamonds import BeforeForm
from live.models import LiveSession
from live.statements.diamonds import page_of_diamonds, taps_of
from people.requests import SignedInRequest


@require_safe
def diamonds(request: SignedInRequest) -> HttpResponse:
    """List the moves of diamonds, each with the balance after it."""
    return render(request, "payouts/diamonds.html", {"page": page_of_diamonds(request.user, request.GET.get("page"))})


@require_safe
def diamonds_of_live(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """List the gifts of an ended live, whose points became its diamonds; only taps before the id `before`."""
    own = LiveSession.objects.select_related("settlement").filter(creator=request.user.pk, ended_at__isnull=False)
    session = get_object_or_404(own, pk=session_id)
    form = BeforeForm(request.GET)
    taps, more = taps_of(session, before=form.cleaned_data["before"] if form.is_valid() else None)
    context = {"session": session, "settlement": session.settlement, "taps": taps, "more": more, "form": form}
    return render(request, "payouts/diamonds_of_live.html", context)
