"""An accent colour is refused if its buttons can't be read, and every shade of one that passes can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.text.colours import DAY, NIGHT, WORDS_NEED, contrast, nearest, shades_of, why_unreadable

pytestmark = pytest.mark.once

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
# WCAG AA for what isn't words: icons, outlines of fields, the focus ring.
SHAPES_NEED = 3


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#777777", 1), ("#767676", "#ffffff", 4.54), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


def test_refusal_names_the_ratio_and_the_nearest_colour_that_passes():
    assert why_unreadable("#f0c000", DAY) == (
        "White words on #f0c000 have a contrast of 1.7:1, and WCAG AA asks for 4.5:1. "
        "The nearest colour that passes is #907300."
    )
    assert why_unreadable("#0b3d91", NIGHT).startswith("Dark words on #0b3d91 have a contrast of 1.8:1, ")


def test_accent_that_comes_along_passes():
    assert why_unreadable("#d93a26", DAY) is None
    assert why_unreadable("#ff6b57", NIGHT) is None


@pytest.mark.parametrize("scheme", [DAY, NIGHT])
@given(colour=COLOURS)
def test_nearest_colour_passes_and_every_shade_of_it_can_be_read(scheme, colour):
    accent = nearest(colour, scheme)

    assert why_unreadable(accent, scheme) is None
    assert accent == nearest(accent, scheme)
    shades = shades_of(accent, scheme)
    for ground in (*scheme.grounds, shades.soft):
        assert contrast(shades.ink, ground) >= WORDS_NEED
    for ground in scheme.grounds:
        assert contrast(shades.accent, ground) >= SHAPES_NEED
    assert contrast(shades.words, shades.strong) >= WORDS_NEED
