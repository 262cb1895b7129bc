"""Which names look alike, by Unicode's list of confusable characters, and which are the site's own.

A name has two keys. One is Unicode's skeleton of it as it is written: `CIeo` with a capital i is `Cleo`. The other is
that of its small letters: `OVATION` is `Ovation`. Names with a key in common look alike.
"""

import unicodedata
from functools import cache

import regex
from confusable_homoglyphs import confusables

from people.text.visible import HIDDEN

# Whoever has such a name seems to speak for the site, or to be what the site itself calls people.
SITES_OWN = {"ovation", "somebody", "nobody", "operator", "creator", "viewer", "admin", "administrator", "moderator"}
SITES_OWN |= {"support", "staff", "system"}
SITE = "ovation"
# Of alphabets with letters of the same look, a word is written in one.
ALPHABETS = [regex.compile(rf"\p{{{name}}}") for name in ("Latin", "Cyrillic", "Greek", "Armenian", "Cherokee")]
LONGEST_KEY = 600
# The list writes letters that run from right to left between two of these.
MARK = "\u200e"


@cache
def prototypes() -> dict[str, str]:
    """Return {character: what stands for all that look like it}: their one text of several letters, or the first.

    The package lists pairs. Unicode's list gathers each group around one text, so all pairs of a group are joined.
    """
    first: dict[str, str] = {}

    def root(text):
        while (above := first.setdefault(text, text)) != text:
            text = above
        return text

    for one, others in confusables.confusables_data.items():
        for other in others:
            pair = (root(one.strip(MARK)), root(other["c"].strip(MARK)))
            first[max(pair, key=_order)] = min(pair, key=_order)
    found = {text: root(text) for text in first}
    return {one: "".join(found.get(letter, letter) for letter in found[one]) for one in found if len(one) == 1}


def _order(text):
    return (-len(text), text)


def skeleton(text: str) -> str:
    """Return Unicode's skeleton of a text (UTS 39): texts that have the same one look alike."""
    shapes = prototypes()
    bare = HIDDEN.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", "".join(shapes.get(letter, letter) for letter in bare))


def spelling(name: str) -> str:
    """Return a name without what people don't take for a difference: case, width, how accents are stored."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def keys_of(name: str) -> list[str]:
    """Return the keys of a name: as it is written, and in small letters."""
    return [f"w:{skeleton(name)}"[:LONGEST_KEY], f"s:{skeleton(name.casefold())}"[:LONGEST_KEY]]


def mixed_word(name: str) -> str | None:
    """Return the first word of a name that mixes alphabets whose letters look alike; None for most names."""
    return next((word for word in name.split() if sum(bool(one.search(word)) for one in ALPHABETS) > 1), None)


@cache
def keys_of_the_site() -> frozenset[str]:
    return frozenset(key for word in SITES_OWN for key in (*keys_of(word), *keys_of(word.capitalize())))


def is_the_sites_own(name: str) -> bool:
    """Say whether a name is one of the site's own words, or holds the site's name."""
    whole = any(key in keys_of_the_site() for key in keys_of(name))
    keys = {*keys_of(SITE), *keys_of(SITE.capitalize())}
    return whole or any(key in keys for word in name.split() for key in keys_of(word))
