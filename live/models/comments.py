"""Comments of a live, who is muted in it, and the words that its creator mutes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from live.faces import Face, face_of
from live.models.creators import Creator
from live.models.sessions import LiveSession

MOST_COMMENT_CHARACTERS = 200
MOST_MESSAGE_CHARACTERS = 80
MOST_MUTED_CHARACTERS = 40


class Comment(models.Model):
    """A line of text in a live. A removed one stays as a row and is on no page.

    With a tap it is the message that came with this gift, written in the tap's own query.
    """

    # The page makes this id, so a repeated request writes nothing.
    comment_id = models.UUIDField(unique=True, default=uuid.uuid4)
    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="comments", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments", db_index=False)
    as_somebody = models.BooleanField(default=False)
    text = models.CharField(max_length=MOST_COMMENT_CHARACTERS)
    # Unique, so a tap has one message.
    tap = models.OneToOneField("live.GiftTap", models.PROTECT, null=True, blank=True, related_name="message")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["session", "id"], condition=Q(removed_at=None), name="comments_shown"),
            models.Index(fields=["author", "created_at"], name="comments_of_author"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def face(self) -> Face:
        return face_of(self.author, self.session_id, self.as_somebody)


class Muted(models.Model):
    """A person whom the creator muted in one live, and the face that was muted.

    The person can't write more by either face. Earlier comments of the muted face are hidden. Those of the other face
    stay: hiding them too would reveal that both faces are one person.
    """

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="muted")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    as_somebody = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    # An annotation of muted_in().
    wrote: str | None

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "muted"
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "as_somebody"], name="muted_once_per_session")
        ]

    def __str__(self) -> str:
        return f"{self.face.name} in {self.session}"

    @property
    def face(self) -> Face:
        return face_of(self.person, self.session_id, self.as_somebody)


class MutedWord(models.Model):
    """A word or phrase that a creator forbids in the comments of their lives, in folded case."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="muted_words")
    # NFKC can expand one typed character to 18.
    word = models.CharField(max_length=18 * MOST_MUTED_CHARACTERS)

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["creator", "word"], name="muted_word_once")]

    def __str__(self) -> str:
        return self.word
