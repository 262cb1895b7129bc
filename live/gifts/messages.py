"""Messages: a line that a viewer sends with a gift. It is a comment that belongs to its tap.

The tap's own query writes it, so no reader of the feed meets the tap without its message.
"""

from datetime import datetime
from uuid import UUID, uuid4

from live.comments.comments import TooManyComments, refuse_haste
from live.comments.muted_words import muted_word_in
from live.models import LiveSession
from people.models import User
from people.refusals import Refusal
from wallet import ledger

NOTHING = "Nothing was debited"
WITHOUT = f"{NOTHING}; you can send the gift without a message."
SAY = """INSERT INTO live_comment (comment_id, session_id, author_id, as_somebody, text, created_at, tap_id)
    SELECT %(comment_id)s, %(session)s, %(viewer)s, %(as_somebody)s, %(message)s, %(now)s, recorded.id FROM recorded"""


class MessageRefused(Refusal):
    """A rule refused the message of a tap; nothing was debited."""


def with_message(record: ledger.Record, message: str) -> ledger.Record:
    """Return the record of a tap that also writes the message, under a new comment id."""
    values: dict[str, ledger.Value] = {**record.values, "message": message, "comment_id": uuid4()}
    return record._replace(values=values, beside=SAY)


def why_not_said(viewer: User, session_id: UUID, message: str, coins: int, now: datetime) -> MessageRefused | None:
    """Return the refusal of the first rule that a message breaks, or None. Raise LiveSession.DoesNotExist.

    The rules of the tap itself are its query's.
    """
    session = LiveSession.objects.select_related("creator").get(pk=session_id)
    creator = session.creator
    if creator.message_coins is None:
        return MessageRefused(f"{creator} takes no messages with gifts. {WITHOUT}")
    if coins < creator.message_coins:
        least = f"{creator.message_coins:,} coin{'' if creator.message_coins == 1 else 's'}"
        return MessageRefused(f"A message to {creator} comes with a gift of {least} or more. {WITHOUT}")
    if session.muted.filter(person=viewer).exists():
        return MessageRefused(f"{creator} has muted you until this live ends. {WITHOUT}")
    word = muted_word_in(creator, message)
    if word:
        return MessageRefused(f"{creator} doesn’t show messages with “{word}”. {NOTHING}; change it and send again.")
    try:
        refuse_haste(viewer, now)
    except TooManyComments as refusal:
        return MessageRefused(f"That was a lot of messages; the next one can go in {refusal.retry_after} s. {WITHOUT}")
    return None
