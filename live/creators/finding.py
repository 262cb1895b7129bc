"""Finding creators and running lives by the beginnings of words, in a bounded number of rows."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from live.creators.following import with_running_live
from live.models import Creator, CreatorWord, LiveSession, LiveWord
from people.text.folding import beginnings_in, words_in

# The best of more than so many are no better: the page asks for more of the name.
MOST_FOUND = 200
# Further words of a search are ignored.
MOST_WORDS_ASKED = 6
# UTF-8 has no such byte, so every word that begins with a key is smaller than the key with it.
AFTER_ALL = b"\xff"


@transaction.atomic
def note_creator(creator: Creator) -> None:
    """Let a creator be found by the words of name and handle as they are now."""
    creator.words.all().delete()
    words = beginnings_in(f"{creator.name} {creator.handle}")
    CreatorWord.objects.bulk_create(CreatorWord(creator=creator, key=key) for key in words)


@transaction.atomic
def note_live(session: LiveSession) -> None:
    """Let a running live be found by the words of its title and of its creator's name."""
    forget_live(session)
    words = beginnings_in(f"{session.title} {session.creator.name}")
    LiveWord.objects.bulk_create(LiveWord(session=session, key=key) for key in words)


def forget_live(session: LiveSession) -> None:
    """Let a live be found no more."""
    LiveWord.objects.filter(session=session).delete()


def find_creators(text: str) -> QuerySet[Creator]:
    """Return creators who may log in and have all words of the text: live ones first, at most MOST_FOUND.

    Two queries: the first reads at most twice MOST_FOUND rows of the index for a text of one word.
    """
    keys = _find(CreatorWord.objects.all(), "creator_id", text)
    exact = Case(When(handle=text.strip().lower().removeprefix("@"), then=Value(0)), default=Value(1))
    found = Creator.objects.filter(pk__in=keys, user__is_active=True).select_related("user")
    is_live = Case(When(running__isnull=False, then=Value(0)), default=Value(1), output_field=IntegerField())
    return with_running_live(found).order_by(exact, is_live, "name", "pk")


def find_lives(text: str) -> list[UUID]:
    """Return the keys of running lives that have all words of the text, at most MOST_FOUND. One query."""
    return _find(LiveWord.objects.all(), "session_id", text)


def _find(words: QuerySet[Any], owner: str, text: str) -> list[Any]:
    """Return the keys of owners with a word for each word of the text. The longest word asks the index."""
    asked = sorted(words_in(text)[:MOST_WORDS_ASKED], key=len, reverse=True)
    if not asked:
        return []
    rows = words.filter(_begins_with(asked[0]))
    for key in asked[1:]:
        rows = rows.filter(Exists(words.filter(_begins_with(key), **{owner: OuterRef(owner)})))
    # An owner with two such words has two rows.
    found = rows.order_by("key", owner).values_list(owner, flat=True)[: 2 * MOST_FOUND]
    return list(dict.fromkeys(found))[:MOST_FOUND]


def _begins_with(key: bytes) -> Q:
    return Q(key__gte=key, key__lt=key + AFTER_ALL)
