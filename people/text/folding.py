"""Words of a text as a search compares them: without case, accents and the difference of look-alike forms.

A word is found by its beginning. Scripts without spaces have no words, so each of their characters begins one.
"""

import unicodedata

import regex

# Letters with a stroke or a ligature, which Unicode doesn't decompose.
PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ŋ": "n"}
)
MARK = regex.compile(r"[\p{M}\p{Default_Ignorable_Code_Point}]")
WORD = regex.compile(r"[\p{L}\p{N}\p{So}]+")
SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{So}]")
# In bytes of UTF-8. A longer word is found by its beginning alone.
LONGEST_WORD = 60
MOST_WORDS = 120


def fold(text: str) -> str:
    """Return a text in compatible, decomposed form, in small letters and without marks: Zoë and ｚｏｅ are zoe."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return MARK.sub("", decomposed).translate(PLAIN)


def words_in(text: str) -> list[bytes]:
    """Return the folded words of a text as typed, each once, in UTF-8 and at most LONGEST_WORD bytes."""
    return list(dict.fromkeys(word.encode()[:LONGEST_WORD] for word in WORD.findall(fold(text))))


def beginnings_in(text: str) -> list[bytes]:
    """Return what a search may begin with to find the text: its words, and each part of a word without spaces."""
    found: dict[bytes, None] = {}
    for word in WORD.findall(fold(text)):
        starts = [0, *(match.start() for match in SPACELESS.finditer(word) if match.start())]
        found |= {word[start:].encode()[:LONGEST_WORD]: None for start in starts}
    return list(found)[:MOST_WORDS]
