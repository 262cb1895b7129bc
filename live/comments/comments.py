"""Comments: lines that people write in a live, and what its creator does about them.

What is shown is decided when it is read: a removed comment, or one of a muted face, is in no answer from then on.
"""

import hashlib
import math
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from live.comments.muted_words import muted_word_in
from live.models import Comment, LiveSession, Muted
from people.models import User
from people.refusals import Refusal, TooMany

# A room shows that many, a studio more. The board sends all of a room's whenever one comes, so they are few.
SHOWN_IN_ROOM = 12
SHOWN_IN_STUDIO = 50
A_MINUTE = timedelta(minutes=1)
A_ROW = timedelta(seconds=10)
REUSED = "The id of this comment stands for another one already. It was not sent: send it once more."


class CommentRefused(Refusal):
    """A rule said no to this comment; nobody sees it."""


class CommentReused(CommentRefused):
    """The comment id stands for another comment."""


class TooManyComments(TooMany):
    """This person has written enough for now. `retry_after` is in whole seconds."""

    def __init__(self, most, seconds, wait):
        self.retry_after = max(1, math.ceil(wait.total_seconds()))
        super().__init__(f"At most {most} comments in {seconds} seconds. The next one can go in {self.retry_after} s.")


class Written(NamedTuple):
    """A comment that is there, and whether it was there before."""

    comment: Comment
    is_repeat: bool


# --- Written ------------------------------------------------------------------------------------


@transaction.atomic
def write_comment(*, author, session_id, comment_id, text, now=None):
    """Write a line (see live.words.clean_line) in a running live, once per comment_id; return Written.

    The same comment again returns the first result. Raise CommentReused or another CommentRefused, TooManyComments,
    and LiveSession.DoesNotExist.
    """
    now = now or timezone.now()
    # One person's comments queue here, through whatever process they come, so that none is counted too late.
    author = User.objects.select_for_update(no_key=True).get(pk=author.pk)
    first = Comment.objects.filter(comment_id=comment_id).first()
    if first:
        return Written(_the_same(first, author, session_id, text), is_repeat=True)
    session = LiveSession.objects.select_related("creator").get(pk=session_id)
    _refuse(session, author, text, now)
    comment = Comment(comment_id=comment_id, session=session, author=author, text=text, created_at=now)
    comment.as_somebody = author.is_somebody
    try:
        with transaction.atomic():
            comment.save(force_insert=True)
    except IntegrityError:
        # Somebody else took the id since: one's own repeat would have waited above.
        raise CommentReused(REUSED) from None
    return Written(comment, is_repeat=False)


def _the_same(comment, author, session_id, text):
    if (comment.author_id, str(comment.session_id), comment.text) != (author.pk, str(session_id), text):
        raise CommentReused(REUSED)
    comment.author = author
    return comment


def _refuse(session, author, text, now):
    """Raise what a person meets first: the end, their account, a mute, a word, the pace."""
    if not session.is_live:
        raise CommentRefused("The live has ended. Your comment was not sent.")
    if not author.is_active:
        raise CommentRefused("This account is closed. Your comment was not sent.")
    if session.muted.filter(person=author).exists():
        words = "Your comment was not sent; everything else goes on as before."
        raise CommentRefused(f"{session.creator} has muted you until this live ends. {words}")
    is_own = session.creator_id == author.pk
    word = None if is_own else muted_word_in(session.creator, text)
    if word:
        raise CommentRefused(f"{session.creator} doesn’t show comments with “{word}”. Yours was not sent; change it.")
    _refuse_haste(author, now)


def _refuse_haste(author, now):
    """Raise TooManyComments above COMMENTS_IN_A_ROW in ten seconds or COMMENTS_PER_MINUTE. One statement."""
    lately = author.comments.filter(created_at__gt=now - A_MINUTE).order_by("-created_at")
    times = list(lately.values_list("created_at", flat=True)[: settings.COMMENTS_PER_MINUTE])
    for most, window in ((settings.COMMENTS_IN_A_ROW, A_ROW), (settings.COMMENTS_PER_MINUTE, A_MINUTE)):
        if len(times) >= most and times[most - 1] > now - window:
            raise TooManyComments(most, int(window.total_seconds()), times[most - 1] + window - now)


# --- Shown --------------------------------------------------------------------------------------


def shown_comments():
    """Return the comments that everybody sees."""
    meant = Muted.objects.filter(
        session=OuterRef("session"), person=OuterRef("author"), as_somebody=OuterRef("as_somebody")
    )
    return Comment.objects.filter(~Exists(meant), removed_at=None)


def latest_comments(session, limit=SHOWN_IN_ROOM):
    """Return the newest comments that everybody sees, the oldest first, with their authors. One statement."""
    shown = shown_comments().filter(session=session).select_related("author")
    return list(shown.order_by("-id")[:limit])[::-1]


# --- Moderated ----------------------------------------------------------------------------------


def remove_comment(comment, *, by, now=None):
    """Show a comment to nobody any more; say whether that is new. The row stays, with who removed it and when."""
    moment = {"removed_at": now or timezone.now(), "removed_by": by}
    return bool(Comment.objects.filter(pk=comment.pk, removed_at=None).update(**moment))


def mute_author(comment):
    """Let the author of a comment write nothing more in its live; a repeat changes nothing. Return the Muted.

    It is told by the face that wrote the comment. Raise Refusal for the creator's own.
    """
    if comment.author_id == comment.session.creator_id:
        raise Refusal("You can’t mute yourself. Remove the comment instead.")
    face = {"session": comment.session, "person": comment.author, "as_somebody": comment.as_somebody}
    return Muted.objects.get_or_create(**face)[0]


def unmute(muted):
    """Let somebody write again; what they wrote before is shown again. A repeat changes nothing."""
    Muted.objects.filter(pk=muted.pk).delete()


def muted_in(session):
    """Return who is muted in a live, the newest first, with `wrote`: the last comment of the face. One statement."""
    wrote = Comment.objects.filter(
        session=OuterRef("session"), author=OuterRef("person"), as_somebody=OuterRef("as_somebody")
    )
    last = wrote.order_by("-id").values("text")[:1]
    return list(session.muted.select_related("person").annotate(wrote=last))


def moderation_of(session):
    """Return what the studio shows of a live's comments, the newest first, and a mark that names this state."""
    comments, muted = latest_comments(session, SHOWN_IN_STUDIO)[::-1], muted_in(session)
    rows = [*(f"comment {comment.pk}" for comment in comments), *(f"muted {one.pk}" for one in muted)]
    mark = hashlib.sha256(",".join(rows).encode()).hexdigest()[:16]
    return {"session": session, "comments": comments, "muted": muted, "comments_mark": mark}
