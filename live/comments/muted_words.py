"""Muted words: words that a creator forbids in the comments of their lives, and how a comment is matched.

The match ignores case, width, accents, punctuation and invisible characters. Spaced-out letters, look-alikes of
another script and new spellings pass: a creator removes such comments and mutes their authors.
"""

import re
import unicodedata

from django.db import transaction

from live.models import Creator
from people.refusals import Refusal

MOST_WORDS = 200
# Accents and variation selectors; not the vowel signs of other scripts.
ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
# Scripts that write no spaces: each of their characters counts as a word, so that a word matches inside a sentence.
WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def fold(text: str) -> str:
    """Return a text in one case and one width, as the table keeps it. `ＢÄD` becomes `bäd`."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_of(text: str) -> str:
    """Return the words of a text with a space around each: `Bäd-w0rd, it’s 笨蛋` becomes ` bad w0rd its 笨 蛋 `.

    A symbol, such as an emoji, is a word of its own. "" if there is no word.
    """
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", fold(text)))
    words = "".join(map(_letter, unicodedata.normalize("NFC", bare))).split()
    return f" {' '.join(words)} " if words else ""


def _letter(character: str) -> str:
    """Return what replaces a character: itself as part of a word, a word of its own, nothing, or a space."""
    kind = unicodedata.category(character)
    if character in "'’" or kind in {"Cf", "Sk"}:
        return ""
    if kind == "So" or unicodedata.name(character, "").startswith(WITHOUT_SPACES):
        return f" {character} "
    return character if kind[0] in "LMN" else " "


def muted_word_in(creator: Creator, text: str) -> str | None:
    """Return the first muted word or phrase of a creator that a text holds as a whole, or None. One query."""
    said = words_of(text)
    return next((word for word in muted_words(creator) if words_of(word) in said), None)


def muted_words(creator: Creator) -> list[str]:
    """Return a creator's muted words, in order."""
    return list(creator.muted_words.values_list("word", flat=True))


@transaction.atomic
def add_muted_word(creator: Creator, word: str) -> bool:
    """Mute a folded word or phrase; return whether it is new. Raise Refusal above MOST_WORDS."""
    # Lock the creator's row: two requests at once could otherwise both pass the limit.
    Creator.objects.select_for_update().get(pk=creator.pk)
    known = muted_words(creator)
    if word in known:
        return False
    if len(known) >= MOST_WORDS:
        raise Refusal(f"At most {MOST_WORDS} words can be muted. Remove one first.")
    creator.muted_words.create(word=word)
    return True


def remove_muted_word(creator: Creator, word: str) -> None:
    """Stop muting a word; a repeat changes nothing."""
    creator.muted_words.filter(word=word).delete()
