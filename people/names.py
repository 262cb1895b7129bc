"""Names that others see: normalised, free of characters that impersonate or break a line."""

import unicodedata

from django.core.exceptions import ValidationError

from people.counting import composed

AVATARS = [
    (slug, slug.replace("-", " ").capitalize())
    for slug in (
        "octopus", "fox", "honeybee", "turtle", "owl", "spouting-whale", "cat-face", "frog", "lion", "unicorn",
        "penguin", "butterfly", "violin", "microphone", "artist-palette", "video-game",
    )
]  # fmt: skip

# Direction overrides and invisible joiners let one name pass for another; stacked accents break lines.
HIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
MOST_ACCENTS_IN_A_ROW = 2


def clean_name(text):
    """Return the name in NFC with single spaces; the form it is stored and compared in."""
    return " ".join(composed(text).split())


def validate_name(text):
    """Raise ValidationError unless the name has a visible character, no invisible one and no stacked accents."""
    if not clean_name(text):
        raise ValidationError("Type a name of at least one visible character.")
    accents = 0
    for character in clean_name(text):
        category = unicodedata.category(character)
        if category in HIDDEN_CATEGORIES:
            raise ValidationError("The name holds an invisible character. Leave it out.")
        accents = accents + 1 if category in {"Mn", "Me"} else 0
        if accents > MOST_ACCENTS_IN_A_ROW:
            raise ValidationError("The name stacks more than two accents on one letter.")
