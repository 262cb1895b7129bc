"""Keys of names that look alike, by Unicode's list of confusable characters, and the site's own names.

A name has two keys. One is the Unicode skeleton of the name as written: `CIeo` with a capital i is `Cleo`. The other is
the skeleton of its lower-case form: `OVATION` is `Ovation`. Names with a common key look alike.
"""

import unicodedata
from functools import cache

import regex
from confusable_homoglyphs import confusables

from people.text.visible import HIDDEN

# Such a name would seem to speak for the site: words by which the site names people. Its own name is one of them too.
WORDS_OF_THE_SITE = {"somebody", "nobody", "operator", "creator", "viewer", "admin", "administrator", "moderator"}
WORDS_OF_THE_SITE |= {"support", "staff", "system"}
# These alphabets share letters of the same look, so a word may use only one of them.
ALPHABETS = [regex.compile(rf"\p{{{name}}}") for name in ("Latin", "Cyrillic", "Greek", "Armenian", "Cherokee")]
LONGEST_KEY = 600
# The list puts right-to-left letters between two of these marks.
MARK = "\u200e"


@cache
def prototypes() -> dict[str, str]:
    """Return {character: prototype of its group of look-alikes}: the group's longest text, or else its first.

    The package lists pairs. Unicode's list has groups, so a union-find joins the pairs of each group.
    """
    first: dict[str, str] = {}

    def root(text: str) -> str:
        while (above := first.setdefault(text, text)) != text:
            text = above
        return text

    for one, others in confusables.confusables_data.items():
        for other in others:
            pair = (root(one.strip(MARK)), root(other["c"].strip(MARK)))
            first[max(pair, key=_order)] = min(pair, key=_order)
    found = {text: root(text) for text in first}
    return {one: "".join(found.get(letter, letter) for letter in found[one]) for one in found if len(one) == 1}


def _order(text: str) -> tuple[int, str]:
    return (-len(text), text)


def skeleton(text: str) -> str:
    """Return the Unicode skeleton of a text (UTS 39). Texts with the same skeleton look alike."""
    shapes = prototypes()
    bare = HIDDEN.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", "".join(shapes.get(letter, letter) for letter in bare))


def spelling(name: str) -> str:
    """Return a name without differences that people ignore: case, width, and how accents are stored."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def keys_of(name: str) -> list[str]:
    """Return the keys of a name: as written, and in lower case."""
    return [f"w:{skeleton(name)}"[:LONGEST_KEY], f"s:{skeleton(name.casefold())}"[:LONGEST_KEY]]


def look_alike(one: str, other: str) -> bool:
    """Return whether two names have a common key."""
    return not set(keys_of(one)).isdisjoint(keys_of(other))


def mixed_word(name: str) -> str | None:
    """Return the first word of a name that mixes alphabets of ALPHABETS, or None."""
    return next((word for word in name.split() if sum(bool(one.search(word)) for one in ALPHABETS) > 1), None)


@cache
def _keys_of_words(words: frozenset[str]) -> frozenset[str]:
    return frozenset(key for word in words for key in (*keys_of(word), *keys_of(word.capitalize())))


def is_the_sites_own(name: str, site: str) -> bool:
    """Return whether a name looks like a word of WORDS_OF_THE_SITE, or holds words that look like the site's name."""
    if not _keys_of_words(frozenset(WORDS_OF_THE_SITE)).isdisjoint(keys_of(name)):
        return True
    own = _keys_of_words(frozenset({site, site.casefold(), "".join(site.split())}))
    words, length = name.split(), len(site.split())
    parts = [" ".join(words[place : place + length]) for place in range(len(words))]
    return any(not own.isdisjoint(keys_of(part)) for part in (*parts, *words, "".join(words)))
