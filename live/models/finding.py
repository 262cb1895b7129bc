"""Words by which creators and running lives are found (people/text/folding.py).

A key holds bytes: both databases compare these alike, so the beginning of a word is a range of the unique index,
whatever the collation of the database.
"""

from django.db import models

from live.models.creators import Creator
from live.models.sessions import LiveSession
from people.text.folding import LONGEST_WORD


class Word(models.Model):
    """A folded word in UTF-8."""

    key = models.BinaryField(max_length=LONGEST_WORD)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return bytes(self.key).decode("utf-8", "replace")


class CreatorWord(Word):
    """A word of a creator's name or handle."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="words")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "creator"], name="word_of_creator_once")]


class LiveWord(Word):
    """A word of the title of a running live, or of its creator's name. Deleted when the live ends."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="words")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "session"], name="word_of_live_once")]
