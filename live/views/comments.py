"""Comments: writing one in the room; removing one, muting people and words in the studio."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from live import comments, muted_words
from live.creators import creator_of
from live.forms.comments import CommentForm, MutedWordForm
from live.models import Comment, LiveSession, Muted
from live.views.posting import go_to
from live.views.room import show_room
from live.views.studio_live import during_a_live
from live.views.unsent import keep_unsent
from people.answers import posted_from, see_other
from people.refusals import Refusal, TooMany

NOTHING_NEW = 204
STOP_POLLING = 286

# --- In the room --------------------------------------------------------------------------------


class Unreadable(Refusal):
    """What was typed is no comment."""

    status = 422


@login_not_required
@posted_from("room")
def comment(request, session_id):
    """Write in a running live. Everybody else sees it with the next look at the board."""
    if not request.user.is_authenticated:
        return _log_in_first(request, resolve_url("room", session_id))
    written, refusal = _write(request, session_id)
    return _written(request, written) if written else _refuse(request, session_id, refusal)


def _log_in_first(request, page):
    """Lead somebody who was logged out meanwhile to log in, and back to the page with what they typed."""
    response = redirect_to_login(page)
    form = CommentForm(request.POST)
    typed = "" if "text" in form.errors else form.cleaned_data["text"]
    return keep_unsent(response, page, typed) if typed else response


def _write(request, session_id):
    """Return what was written, or the Refusal that says why nothing was."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return None, Unreadable(form.first_error())
    try:
        return comments.write_comment(author=request.user, session_id=session_id, **form.cleaned_data), None
    except LiveSession.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        return None, refusal


def _written(request, written):
    """Answer with the line as everybody gets it, and the id of the next one; without htmx, with the room."""
    live = written.comment.session
    if request.htmx:
        shown = {"comment": written.comment, "live": live, "comment_id": uuid4()}
        response = render(request, "live/_commented.html", shown)
    else:
        response = see_other(f"{resolve_url('room', live.pk)}#say")
    if written.is_repeat:
        response["Idempotency-Replayed"] = "true"
    return response


def _refuse(request, session_id, refusal):
    """Answer a comment that nobody will see with its words; what was typed stays in the field."""
    said = _said(request, refusal)
    if request.htmx:
        response = render(request, "live/_comment_refused.html", said, status=refusal.status)
    else:
        response = show_room(request, session_id, status=refusal.status, **said)
    return _in_a_while(response, refusal)


def _said(request, refusal):
    typed = request.POST.get("text", "") if refusal else ""
    return {"comment_refusal": refusal, "typed": typed, "comment_id": uuid4()}


def _in_a_while(response, refusal):
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


# --- In the studio ------------------------------------------------------------------------------


@require_safe
def panel(request):
    """The panel of the running live: 204 if nothing changed since the mark `seen`, and told to stop after."""
    session = LiveSession.objects.filter(creator=request.user.pk, ended_at=None).first()
    if session is None:
        return HttpResponse(status=STOP_POLLING)
    context = comments.moderation_of(session)
    if request.GET.get("seen") == context["comments_mark"]:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "live/_moderation.html", context)


@login_not_required
@posted_from("studio", about_one=False)
def write_in_studio(request):
    """Write in one's own running live, and stay in the studio."""
    if not request.user.is_authenticated:
        return _log_in_first(request, resolve_url("studio"))
    lives = LiveSession.objects.select_related("creator__user")
    session = get_object_or_404(lives, creator=request.user.pk, ended_at=None)
    written, refusal = _write(request, session.pk)
    if written and not request.htmx:
        return see_other("studio")
    status, said = refusal.status if refusal else 200, _said(request, refusal)
    if request.htmx:
        page = {**comments.moderation_of(session), **said}
        response = render(request, "live/_studio_written.html", page, status=status)
    else:
        response = during_a_live(request, session, status=status, **said)
    return _in_a_while(response, refusal)


@posted_from("studio", about_one=False)
def remove(request, comment_id):
    """Remove a comment from one's own live."""
    comment = _comment_in_own_live(request, comment_id)
    comments.remove_comment(comment, by=request.user)
    return _moderated(request, comment.session, f"{comment.face.name}’s comment is removed.")


@posted_from("studio", about_one=False)
def mute(request, comment_id):
    """Mute who wrote a comment in one's own live, until it ends."""
    comment = _comment_in_own_live(request, comment_id)
    comments.mute_author(comment)
    return _moderated(request, comment.session, f"{comment.face.name} is muted until this live ends.")


@posted_from("studio", about_one=False)
def unmute(request, muted_id):
    """Let somebody write again."""
    muted = get_object_or_404(
        Muted.objects.select_related("session", "person"), pk=muted_id, session__creator=request.user.pk
    )
    comments.unmute(muted)
    return _moderated(request, muted.session, f"{muted.face.name} can write again.")


def _comment_in_own_live(request, comment_id):
    own = Comment.objects.filter(session__creator=request.user.pk).select_related("session", "author")
    return get_object_or_404(own, comment_id=comment_id)


def _moderated(request, session, words):
    if request.htmx:
        return render(request, "live/_moderation.html", {**comments.moderation_of(session), "done": words})
    messages.success(request, words)
    return see_other("studio")


# --- Muted words --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def words(request):
    """The words that a creator doesn't want to read, and one more of them."""
    creator = creator_of(request.user)
    if creator is None:
        return go_to(request, see_other("studio")) if request.method == "POST" else redirect("studio")
    if request.method != "POST":
        return _show_words(request, creator, MutedWordForm())
    form = MutedWordForm(request.POST)
    if not form.is_valid():
        return _show_words(request, creator, form, status=422)
    try:
        is_new = muted_words.add_muted_word(creator, form.cleaned_data["word"])
    except Refusal as refusal:
        form.add_error("word", str(refusal))
        return _show_words(request, creator, form, status=refusal.status)
    word = form.cleaned_data["word"]
    return _words_changed(request, creator, f"“{word}” is muted." if is_new else f"“{word}” was muted already.")


@posted_from("muted-words", about_one=False)
def remove_word(request):
    """Stop muting a word."""
    creator = creator_of(request.user)
    if creator is None:
        return go_to(request, see_other("studio"))
    word = request.POST.get("word", "").replace("\x00", "")
    muted_words.remove_muted_word(creator, word)
    return _words_changed(request, creator, f"“{word[:40]}” can be written again.")


def _words_changed(request, creator, done):
    if request.htmx:
        return _show_words(request, creator, MutedWordForm(), done=done)
    messages.success(request, done)
    return see_other("muted-words")


def _show_words(request, creator, form, *, status=200, done=""):
    known = muted_words.muted_words(creator)
    context = {"form": form, "words": known, "most": muted_words.MOST_WORDS, "done": done}
    page = "live/_muted_words.html" if request.htmx else "live/muted_words.html"
    return render(request, page, context, status=status)
