"""Comments: writing one, in the room or in the studio."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url

from live.comments import comments
from live.comments.comments import Written
from live.forms.comments import CommentForm
from live.models import LiveSession
from live.views.room import show_room
from live.views.studio_live import during_a_live
from live.views.unsent import keep_unsent
from people.answers import Context, in_a_while, posted_from, see_other
from people.refusals import Refusal
from people.requests import Request, SignedInRequest, is_signed_in


class Unreadable(Refusal):
    """The text is no valid comment."""

    status = 422


@login_not_required
@posted_from("room")
def comment(request: Request, session_id: UUID) -> HttpResponse:
    """Write a comment in a running live. Other viewers get it with the next board."""
    if not is_signed_in(request):
        return _log_in_first(request, resolve_url("room", session_id))
    result = _write(request, session_id)
    return _refuse(request, session_id, result) if isinstance(result, Refusal) else _written(request, result)


def _log_in_first(request: Request, page: str) -> HttpResponse:
    """Redirect a logged-out author to the log-in and then back to the page, with the text kept in a cookie."""
    response = redirect_to_login(page)
    form = CommentForm(request.POST)
    return keep_unsent(response, page, **form.cleaned_data) if form.is_valid() else response


@login_not_required
@posted_from("studio", about_one=False)
def write_in_studio(request: Request) -> HttpResponse:
    """Write a comment in one's own running live, and stay in the studio."""
    if not is_signed_in(request):
        return _log_in_first(request, resolve_url("studio"))
    lives = LiveSession.objects.select_related("creator__user")
    session = get_object_or_404(lives, creator=request.user.pk, ended_at=None)
    result = _write(request, session.pk)
    refusal = result if isinstance(result, Refusal) else None
    if refusal is None and not request.htmx:
        return see_other("studio")
    status, said = refusal.status if refusal else 200, _said(request, refusal)
    if request.htmx:
        page = {**comments.moderation_of(session), **said}
        response = render(request, "live/studio/_written.html", page, status=status)
    else:
        response = during_a_live(request, session, status=status, **said)
    return in_a_while(response, refusal) if refusal else response


def _write(request: SignedInRequest, session_id: UUID) -> Written | Refusal:
    """Return the Written comment, or the Refusal."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return Unreadable(form.first_error())
    try:
        return comments.write_comment(author=request.user, session_id=session_id, **form.cleaned_data)
    except LiveSession.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        return refusal


def _written(request: Request, written: Written) -> HttpResponse:
    """Answer with the comment as all viewers get it and a new comment id; without htmx, redirect to the room."""
    live = written.comment.session
    if request.htmx:
        shown = {"comment": written.comment, "live": live, "comment_id": uuid4()}
        response = render(request, "live/room/_commented.html", shown)
    else:
        response = see_other(f"{resolve_url('room', live.pk)}#say")
    if written.is_repeat:
        response["Idempotency-Replayed"] = "true"
    return response


def _refuse(request: Request, session_id: UUID, refusal: Refusal) -> HttpResponse:
    """Answer a refused comment with the refusal's words; the text stays in the field."""
    said = _said(request, refusal)
    if request.htmx:
        response = render(request, "live/room/_comment_refused.html", said, status=refusal.status)
    else:
        response = show_room(request, session_id, status=refusal.status, **said)
    return in_a_while(response, refusal)


def _said(request: Request, refusal: Refusal | None) -> Context:
    typed = request.POST.get("text", "") if refusal else ""
    return {"comment_refusal": refusal, "typed": typed, "comment_id": uuid4()}
