"""Public names: normalised, and without characters that impersonate or break a line."""

from django.core.exceptions import ValidationError

from people.text.counting import composed
from people.text.visible import STACKED, UNKNOWN, has_something_to_see, hidden_places

AVATARS = [
    (slug, slug.replace("-", " ").capitalize())
    for slug in (
        "octopus", "fox", "honeybee", "turtle", "owl", "spouting-whale", "cat-face", "frog", "lion", "unicorn",
        "penguin", "butterfly", "violin", "microphone", "artist-palette", "video-game",
    )
]  # fmt: skip


def clean_name(text: str) -> str:
    """Return the name in NFC with single spaces, the form that is stored and compared."""
    return " ".join(composed(text).split())


def validate_name(text: str) -> None:
    """Raise ValidationError if the name has no visible character, a hidden one, or stacked marks."""
    name = clean_name(text)
    if not has_something_to_see(name):
        raise ValidationError("Type a name of at least one visible character.")
    if hidden_places(name) or UNKNOWN.search(name):
        raise ValidationError("The name holds an invisible character. Leave it out.")
    if STACKED.search(name):
        raise ValidationError("The name stacks more accents on one letter than any language does.")
