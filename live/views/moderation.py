"""Moderation in the studio: remove comments, mute their authors, mute words, and say which gifts may speak."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from live.comments import comments, muted_words
from live.creators.creators import creator_of, set_message_coins
from live.forms.comments import MessagesForm, MutedWordForm
from live.models import Comment, Creator, LiveSession, Muted
from live.views.posting import go_to
from people.answers import in_a_while, posted_from, see_other
from people.refusals import Refusal
from people.requests import SignedInRequest

NOTHING_NEW = 204
STOP_POLLING = 286


@require_safe
def panel(request: SignedInRequest) -> HttpResponse:
    """Answer a poll with the panel of the running live: 204 if its mark is still `seen`, 286 after the end."""
    session = LiveSession.objects.filter(creator=request.user.pk, ended_at=None).first()
    if session is None:
        return HttpResponse(status=STOP_POLLING)
    context = comments.moderation_of(session)
    if request.GET.get("seen") == context["comments_mark"]:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "live/studio/_moderation.html", context)


@posted_from("studio", about_one=False)
def remove(request: SignedInRequest, comment_id: UUID) -> HttpResponse:
    """Remove a comment from one's own live."""
    comment = _comment_in_own_live(request, comment_id)
    comments.remove_comment(comment, by=request.user)
    return _moderated(request, comment.session, f"{comment.face.name}’s comment is removed.")


@posted_from("studio", about_one=False)
def mute(request: SignedInRequest, comment_id: UUID) -> HttpResponse:
    """Mute the author of a comment in one's own live, until it ends."""
    comment = _comment_in_own_live(request, comment_id)
    comments.mute_author(comment)
    return _moderated(request, comment.session, f"{comment.face.name} is muted until this live ends.")


@posted_from("studio", about_one=False)
def unmute(request: SignedInRequest, muted_id: UUID) -> HttpResponse:
    """Unmute a person."""
    muted = get_object_or_404(
        Muted.objects.select_related("session", "person"), pk=muted_id, session__creator=request.user.pk
    )
    comments.unmute(muted)
    return _moderated(request, muted.session, f"{muted.face.name} can write again.")


def _comment_in_own_live(request: SignedInRequest, comment_id: UUID) -> Comment:
    own = Comment.objects.filter(session__creator=request.user.pk).select_related("session", "author")
    return get_object_or_404(own, comment_id=comment_id)


def _moderated(request: SignedInRequest, session: LiveSession, words: str) -> HttpResponse:
    if request.htmx:
        return render(request, "live/studio/_moderation.html", {**comments.moderation_of(session), "done": words})
    messages.success(request, words)
    return see_other("studio")


# --- Muted words --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest) -> HttpResponse:
    """List a creator's muted words, or add one."""
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
        return in_a_while(_show_words(request, creator, form, status=refusal.status), refusal)
    word = form.cleaned_data["word"]
    return _words_changed(request, creator, f"“{word}” is muted." if is_new else f"“{word}” was muted already.")


@posted_from("muted-words", about_one=False)
def remove_word(request: SignedInRequest) -> HttpResponse:
    """Unmute a word."""
    creator = creator_of(request.user)
    if creator is None:
        return go_to(request, see_other("studio"))
    word = request.POST.get("word", "").replace("\x00", "")
    muted_words.remove_muted_word(creator, word)
    return _words_changed(request, creator, f"“{word[:40]}” can be written again.")


@posted_from("muted-words", about_one=False)
def messages_from(request: SignedInRequest) -> HttpResponse:
    """Set from how many coins a gift may come with a message."""
    creator = creator_of(request.user)
    if creator is None:
        return go_to(request, see_other("studio"))
    form = MessagesForm(request.POST)
    if not form.is_valid():
        return _show_words(request, creator, MutedWordForm(), messages_form=form, status=422)
    coins = form.cleaned_data["message_coins"]
    set_message_coins(creator, coins)
    if coins is None:
        return _words_changed(request, creator, "Gifts come without messages.")
    unit = "coin" if coins == 1 else "coins"
    return _words_changed(request, creator, f"Gifts of {coins:,} {unit} or more may come with a message.")


def _words_changed(request: SignedInRequest, creator: Creator, done: str) -> HttpResponse:
    if request.htmx:
        return _show_words(request, creator, MutedWordForm(), done=done)
    messages.success(request, done)
    return see_other("muted-words")


def _show_words(
    request: SignedInRequest,
    creator: Creator,
    form: MutedWordForm,
    *,
    messages_form: MessagesForm | None = None,
    status: int = 200,
    done: str = "",
) -> HttpResponse:
    known = muted_words.muted_words(creator)
    messages_form = messages_form or MessagesForm(initial={"message_coins": creator.message_coins})
    context = {
        "form": form,
        "messages_form": messages_form,
        "words": known,
        "most": muted_words.MOST_WORDS,
        "done": done,
    }
    page = "live/studio/_muted_words.html" if request.htmx else "live/studio/muted_words.html"
    return render(request, page, context, status=status)
