"""The unsent comment of a person who was logged out: a cookie keeps the text until after the log-in.

Django checks the CSRF token before this code runs, so no other site can write the text, and the cookie is signed.
"""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse

from live.models import Comment, LiveSession
from people.requests import Request

COOKIE = "unsent_comment"
SALT = "live.unsent.2"
# Time for a log-in with its codes.
KEPT_SECONDS = 15 * 60
IN_ITS_FIELD = "You were logged out, so your comment wasn’t sent. It is in its field again."
SENT_BEFORE = "Your comment was sent before you were logged out."
TOO_LATE = "You were logged out, so your comment wasn’t sent. The live has ended since."


def keep_unsent(response: HttpResponse, path: str, text: str, comment_id: UUID) -> HttpResponse:
    """Set the cookie with the text, for the page at `path` only."""
    kept = signing.dumps({"text": text, "id": str(comment_id)}, salt=SALT, compress=True)
    response.set_cookie(
        COOKIE,
        kept,
        max_age=KEPT_SECONDS,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def take_unsent(request: Request, session_id: UUID) -> str:
    """Return the kept text, or "" without one. Tell the person whether the comment was written."""
    if COOKIE not in request.COOKIES or not request.user.is_authenticated:
        return ""
    try:
        kept = signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return ""
    # The comment was written and its reply was lost: with the text in the field, it could be written twice.
    if Comment.objects.filter(author=request.user, comment_id=kept["id"]).exists():
        messages.info(request, SENT_BEFORE)
        return ""
    is_live = LiveSession.objects.filter(pk=session_id, ended_at=None).exists()
    messages.info(request, IN_ITS_FIELD if is_live else TOO_LATE)
    return kept["text"]


def forget_unsent(response: HttpResponse, path: str) -> HttpResponse:
    """Delete the cookie, once the text is back in its field."""
    response.delete_cookie(COOKIE, path=path, samesite="Lax")
    return response
