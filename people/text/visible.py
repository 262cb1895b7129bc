"""Invisible characters of a text by Unicode's properties, and exceptions for those that its spelling needs.

A default-ignorable character is allowed where it changes the visible text: a joiner between letters of a joining script
or inside an emoji, a variation selector after its base, a filler inside an old Hangul syllable.
"""

import regex
from django.core.exceptions import ValidationError

# Scripts whose spelling uses joiners: Persian, Hindi, Bengali, Sinhala, Malayalam and others.
JOINING = "".join(
    rf"\p{{Script={script}}}"
    for script in (
        *("Arabic", "Syriac", "Mongolian", "Nko", "Mandaic", "Manichaean", "Phags_Pa", "Adlam", "Hanifi_Rohingya"),
        *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam"),
        *("Sinhala", "Tibetan", "Myanmar", "Khmer", "Balinese", "Javanese", "Grantha", "Newa", "Brahmi"),
    )
)
LETTER = rf"[[{JOINING}]&&[\p{{L}}\p{{M}}]]"
SIGN = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\U000E007F]"
# In Malayalam the last letter of a word may have a joiner after a virama.
NEEDED = regex.compile(
    rf"""
    (?<={LETTER}) [\u200C\u200D] (?={LETTER})
    | (?<=\p{{Canonical_Combining_Class=Virama}}) \u200D
    | (?<={SIGN}) \u200D (?=\p{{Extended_Pictographic}})
    | (?<=[\p{{Emoji}}--[0-9\#*]]) [\uFE0E\uFE0F] | (?<=[0-9\#*]) \uFE0F (?=\u20E3)
    | (?<=[\p{{Han}}\p{{Sm}}\p{{Myanmar}}\p{{Phags_Pa}}]) [\uFE00-\uFE0D]
    | (?<=\p{{Han}}) [\U000E0100-\U000E01EF]
    | (?<=[\p{{Mongolian}}]) [\u180B-\u180F]
    | (?<=\U0001F3F4) [\U000E0020-\U000E007E]+ \U000E007F
    | [\u1100-\u115E\uA960-\uA97C] \K \u1160 (?=[\u11A8-\u11FF\uD7CB-\uD7FB])
    | (?<=[\u2801-\u28FF]) \u2800 (?=[\u2801-\u28FF])
    | \u115F (?=[\u1161-\u11A7\uD7B0-\uD7C6])
    """,
    regex.VERBOSE | regex.V1,
)
# Characters that are drawn blank without such a property: a braille cell without dots, a note without a head, others.
BLANK = "\u2800\ufffc\U0001d159\U00013441\U00013442\U00016fe4"
HIDDEN = regex.compile(
    rf"""
    \p{{Default_Ignorable_Code_Point}} | [{BLANK}] | [\p{{Cc}}\p{{Co}}\p{{Cs}}\p{{Zl}}\p{{Zp}}]
    | [\p{{Cf}}--\p{{Prepended_Concatenation_Mark}}]
    """,
    regex.VERBOSE | regex.V1,
)
UNKNOWN = regex.compile(r"[\p{Cn}--\p{Extended_Pictographic}]", regex.V1)
BREAK = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]")
SEEN = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]", regex.V1)
# More marks on one letter than a language writes: over two accents of any script, five marks of its own, or two equal.
ACCENT = r"[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]"
STACKED = regex.compile(
    rf"""(?P<kept>{ACCENT}{{2}}){ACCENT}+ | (?P<kept>\p{{M}}{{5}})\p{{M}}+
    | (?P<kept>(?P<mark>\p{{Mn}})(?P=mark))(?P=mark)+""",
    regex.VERBOSE | regex.V1,
)


def hidden_places(text: str) -> set[int]:
    """Return the indexes of invisible characters that the spelling doesn't need."""
    needed = {place for found in NEEDED.finditer(text) for place in range(*found.span())}
    return {found.start() for found in HIDDEN.finditer(text)} - needed


def one_line(text: str) -> str:
    """Return a text as one line, without hidden characters and stacked marks; "" if nothing visible is left."""
    text = BREAK.sub(" ", text)
    hidden = hidden_places(text)
    seen = "".join(character for place, character in enumerate(text) if place not in hidden)
    line = " ".join(STACKED.sub(r"\g<kept>", seen).split())
    return line if has_something_to_see(line) else ""


def validate_visible(text: str) -> None:
    """Raise ValidationError for a text of invisible characters alone."""
    if not has_something_to_see(text):
        raise ValidationError("Write something that can be seen: this has invisible characters alone.")


def has_something_to_see(text: str) -> bool:
    """Return whether a text has a visible letter, number, sign or punctuation."""
    return bool(SEEN.search(HIDDEN.sub("", text)))
