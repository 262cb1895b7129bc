"""Contrast of colours by WCAG 2.2, and the shades of an accent colour.

By day a button has white words on the accent, by night dark words. Whatever carries its words at 4.5:1 also stands out
from every ground of its scheme at 3:1, as an icon or the outline of a field must (tests/people/test_colours.py).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

# WCAG AA, for words of any size.
WORDS_NEED = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")


class Scheme(NamedTuple):
    """A colour scheme: the words on a button, their name, the grounds of static/css/tokens.css, and a button's tint.

    `is_dark`: the accent gets lighter until it can be read, else darker.
    """

    words: str
    words_name: str
    grounds: tuple[str, ...]
    tinted: str
    tint: float
    is_dark: bool


DAY = Scheme("#ffffff", "White", ("#ffffff", "#faf6f0", "#f1eae1"), "#ffffff", 0.12, is_dark=False)
NIGHT = Scheme("#16110f", "Dark", ("#211a17", "#16110f", "#1b1512"), "#211a17", 0.2, is_dark=True)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: 1 for the same, 21 for black and white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def why_unreadable(colour: str, scheme: Scheme) -> str | None:
    """Return in words why a button of this colour can't be read, with the nearest colour that can; else None."""
    ratio = contrast(scheme.words, colour)
    if ratio >= WORDS_NEED:
        return None
    return (
        # Rounded down, so that no refusal says 4.5:1.
        f"{scheme.words_name} words on {colour} have a contrast of {int(ratio * 10) / 10}:1, and WCAG AA asks for "
        f"{WORDS_NEED}:1. The nearest colour that passes is {nearest(colour, scheme)}."
    )


def nearest(colour: str, scheme: Scheme) -> str:
    """Return the colour, made darker or lighter just as far as words on it need."""
    return _until(colour, scheme, lambda shade: contrast(scheme.words, shade) >= WORDS_NEED)


class Shades(NamedTuple):
    """An accent in one scheme: the accent, pressed, as words, as a soft ground, and the words on it."""

    accent: str
    strong: str
    ink: str
    soft: str
    words: str


def shades_of(accent: str, scheme: Scheme) -> Shades:
    """Return the shades of an accent that can be read."""
    soft = _mixed(scheme.tinted, accent, scheme.tint)
    grounds = (*scheme.grounds, soft)
    ink = _until(accent, scheme, lambda shade: min(contrast(shade, ground) for ground in grounds) >= WORDS_NEED)
    return Shades(accent, _moved(accent, scheme, 0.2), ink, soft, scheme.words)


def _until(colour: str, scheme: Scheme, is_enough: Callable[[str], bool]) -> str:
    """Move a colour in steps of a two-hundredth towards black or white until it is enough; black or white is."""
    steps = (_moved(colour, scheme, step / 200) for step in range(201))
    return next(shade for shade in steps if is_enough(shade))


def _moved(colour: str, scheme: Scheme, share: float) -> str:
    """Darken or lighten a colour. A darker one keeps its hue exactly; a lighter one also gets paler."""
    return _mixed(colour, "#ffffff" if scheme.is_dark else "#000000", share)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
