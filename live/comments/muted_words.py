"""Muted words: what a creator doesn't want to read in the comments of their lives, and how it is found.

Case, width, accents, punctuation and what is invisible make no difference. Letters set apart, look-alikes of another
script and inventions do: against those a creator removes comments and mutes people.
"""

import re
import unicodedata

from django.db import transaction

from live.models import Creator
from people.refusals import Refusal

MOST_WORDS = 200
# Accents and what varies a character's look; not the vowel signs of other scripts.
ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
# Scripts that write no spaces: each of their characters counts as a word, so that a word is found inside a sentence.
WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def fold(text):
    """Return a text as it is kept: one case, one width. `ＢÄD` becomes `bäd`."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_of(text):
    """Return the words of a text with a space around each: `Bäd-w0rd, it’s 笨蛋` becomes ` bad w0rd its 笨 蛋 `.

    A symbol, such as an emoji, is a word of its own. "" if there is no word.
    """
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", fold(text)))
    words = "".join(map(_letter, unicodedata.normalize("NFC", bare))).split()
    return f" {' '.join(words)} " if words else ""


def _letter(character):
    """Return what a character is for the words around it: a part of one, a word, nothing, or a gap."""
    kind = unicodedata.category(character)
    if character in "'’" or kind in {"Cf", "Sk"}:
        return ""
    if kind == "So" or unicodedata.name(character, "").startswith(WITHOUT_SPACES):
        return f" {character} "
    return character if kind[0] in "LMN" else " "


def muted_word_in(creator, text):
    """Return the first muted word or phrase of a creator that a text holds as a whole, or None. One statement."""
    said = words_of(text)
    return next((word for word in muted_words(creator) if words_of(word) in said), None)


def muted_words(creator):
    """Return a creator's muted words, in order."""
    return list(creator.muted_words.values_list("word", flat=True))


@transaction.atomic
def add_muted_word(creator, word):
    """Mute a word or phrase from now on, as `fold` keeps it; say whether that is new. Refused above MOST_WORDS."""
    # Two presses queue here, so that the limit holds.
    Creator.objects.select_for_update().get(pk=creator.pk)
    known = muted_words(creator)
    if word in known:
        return False
    if len(known) >= MOST_WORDS:
        raise Refusal(f"At most {MOST_WORDS} words can be muted. Remove one first.")
    creator.muted_words.create(word=word)
    return True


def remove_muted_word(creator, word):
    """Stop muting a word; a repeat changes nothing."""
    creator.muted_words.filter(word=word).delete()
