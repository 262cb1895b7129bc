"""A comment by somebody who was logged out meanwhile: it waits in their browser until they are back, and isn't sent.

Django's check of the form's token comes first, so no other site can put words here; the signature keeps it so.
"""

from django.conf import settings
from django.contrib import messages
from django.core import signing

from live.models import Comment, LiveSession

COOKIE = "unsent_comment"
SALT = "live.unsent.2"
# A log-in with its codes takes a few minutes; later it would be a surprise.
KEPT_SECONDS = 15 * 60
IN_ITS_FIELD = "You were logged out, so your comment wasn’t sent. It is in its field again."
SENT_BEFORE = "Your comment was sent before you were logged out."
TOO_LATE = "You were logged out, so your comment wasn’t sent. The live has ended since."


def keep_unsent(response, path, text, comment_id):
    """Let the browser keep what was typed, for the page at that path alone."""
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


def take_unsent(request, session_id):
    """Return what was typed before, and say whether it was sent; "" for most."""
    if COOKIE not in request.COOKIES or not request.user.is_authenticated:
        return ""
    try:
        kept = signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return ""
    # Sent before, with a reply that was lost: the comment is there, and typing it again would write a second one.
    if Comment.objects.filter(author=request.user, comment_id=kept["id"]).exists():
        messages.info(request, SENT_BEFORE)
        return ""
    is_live = LiveSession.objects.filter(pk=session_id, ended_at=None).exists()
    messages.info(request, IN_ITS_FIELD if is_live else TOO_LATE)
    return kept["text"]


def forget_unsent(response, path):
    """What is in the field again needn't be kept any more."""
    response.delete_cookie(COOKIE, path=path, samesite="Lax")
    return response
