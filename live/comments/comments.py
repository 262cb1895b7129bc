"""Comments: lines that people write in a live, and what its creator does about them.

Each query filters out removed comments and those of muted faces, so both disappear from the next answer on.
"""

import hashlib
import math
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from live.comments.muted_words import muted_word_in
from live.models import Comment, LiveSession, Muted
from people.models import User
from people.refusals import Refusal, TooMany

# The board sends all comments of a room again with each new one, so a room shows few.
SHOWN_IN_ROOM = 12
SHOWN_IN_STUDIO = 50
A_MINUTE = timedelta(minutes=1)
A_ROW = timedelta(seconds=10)
REUSED = "The id of this comment stands for another one already. It was not sent: send it once more."


class CommentRefused(Refusal):
    """A rule refused this comment; no row was written."""


class CommentReused(CommentRefused):
    """The comment id stands for another comment."""


class TooManyComments(TooMany):
    """The author exceeds the limit of comments. `retry_after` is in whole seconds."""

    def __init__(self, most: int, seconds: int, wait: timedelta) -> None:
        self.retry_after = max(1, math.ceil(wait.total_seconds()))
        super().__init__(f"At most {most} comments in {seconds} seconds. The next one can go in {self.retry_after} s.")


class Written(NamedTuple):
    """A comment, and whether an earlier request wrote it."""

    comment: Comment
    is_repeat: bool


# --- Written ------------------------------------------------------------------------------------


@transaction.atomic
def write_comment(
    *, author: User, session_id: UUID, comment_id: UUID, text: str, now: datetime | None = None
) -> Written:
    """Write a line (see live/comments/words.py) in a running live, once per comment_id; return Written.

    The same comment again returns the first result. Raise CommentReused or another CommentRefused, TooManyComments,
    and LiveSession.DoesNotExist.
    """
    now = now or timezone.now()
    # Lock the author's row: two comments at once, in any two processes, could otherwise both pass the limit.
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
        # Another author took the id since the query above. The author's own repeat waits for the lock.
        raise CommentReused(REUSED) from None
    return Written(comment, is_repeat=False)


def _the_same(comment: Comment, author: User, session_id: UUID, text: str) -> Comment:
    if (comment.author_id, str(comment.session_id), comment.text) != (author.pk, str(session_id), text):
        raise CommentReused(REUSED)
    comment.author = author
    return comment


def _refuse(session: LiveSession, author: User, text: str, now: datetime) -> None:
    """Raise the first rule that is broken: the end, the account, a mute, a word, the pace."""
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
    refuse_haste(author, now)


def refuse_haste(author: User, now: datetime) -> None:
    """Raise TooManyComments above COMMENTS_IN_A_ROW in ten seconds or COMMENTS_PER_MINUTE. One query."""
    lately = author.comments.filter(created_at__gt=now - A_MINUTE).order_by("-created_at")
    times = list(lately.values_list("created_at", flat=True)[: settings.COMMENTS_PER_MINUTE])
    for most, window in ((settings.COMMENTS_IN_A_ROW, A_ROW), (settings.COMMENTS_PER_MINUTE, A_MINUTE)):
        if len(times) >= most and times[most - 1] > now - window:
            raise TooManyComments(most, int(window.total_seconds()), times[most - 1] + window - now)


# --- Shown --------------------------------------------------------------------------------------


def shown_comments() -> QuerySet[Comment]:
    """Return the comments that are neither removed nor written by a muted face."""
    return Comment.objects.filter(~_of_muted_face(), removed_at=None)


def hidden_messages(session_id: UUID, since: datetime) -> QuerySet[Comment]:
    """Return the messages of taps since a moment that are removed or written by a muted face."""
    hidden = Comment.objects.filter(Q(removed_at__isnull=False) | Q(_of_muted_face()))
    return hidden.filter(session=session_id, tap__isnull=False, created_at__gt=since)


def _of_muted_face() -> Exists:
    return Exists(
        Muted.objects.filter(
            session=OuterRef("session"), person=OuterRef("author"), as_somebody=OuterRef("as_somebody")
        )
    )


def latest_comments(session: LiveSession, limit: int = SHOWN_IN_ROOM) -> list[Comment]:
    """Return the newest shown comments, the oldest first, with their authors. One query."""
    shown = shown_comments().filter(session=session).select_related("author", "tap")
    return list(shown.order_by("-id")[:limit])[::-1]


# --- Moderated ----------------------------------------------------------------------------------


def remove_comment(comment: Comment, *, by: User, now: datetime | None = None) -> bool:
    """Hide a comment; return whether it was shown until now. The row stays and keeps the moment and the remover."""
    moment = {"removed_at": now or timezone.now(), "removed_by": by}
    return bool(Comment.objects.filter(pk=comment.pk, removed_at=None).update(**moment))


def mute_author(comment: Comment) -> Muted:
    """Keep the author of a comment from writing more in its live; a repeat changes nothing. Return the Muted.

    The row names the face that wrote the comment. Raise Refusal for the creator's own.
    """
    if comment.author_id == comment.session.creator_id:
        raise Refusal("You can’t mute yourself. Remove the comment instead.")
    return Muted.objects.get_or_create(session=comment.session, person=comment.author, as_somebody=comment.as_somebody)[
        0
    ]


def unmute(muted: Muted) -> None:
    """Delete a Muted: its person may write again, and their comments reappear. A repeat changes nothing."""
    Muted.objects.filter(pk=muted.pk).delete()


def muted_in(session: LiveSession) -> list[Muted]:
    """Return the Muted of a live, the newest first, with `wrote`: the last comment of the face. One query."""
    wrote = Comment.objects.filter(
        session=OuterRef("session"), author=OuterRef("person"), as_somebody=OuterRef("as_somebody")
    )
    last = wrote.order_by("-id").values("text")[:1]
    return list(session.muted.select_related("person").annotate(wrote=last))  # type: ignore[no-redef]


def moderation_of(session: LiveSession) -> dict[str, LiveSession | list[Comment] | list[Muted] | str]:
    """Return the studio's comments of a live, the newest first, its Muted, and a hash of both."""
    comments, muted = latest_comments(session, SHOWN_IN_STUDIO)[::-1], muted_in(session)
    rows = [*(f"comment {comment.pk}" for comment in comments), *(f"muted {one.pk}" for one in muted)]
    mark = hashlib.sha256(",".join(rows).encode()).hexdigest()[:16]
    return {"session": session, "comments": comments, "muted": muted, "comments_mark": mark}
