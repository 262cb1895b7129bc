"""Invisible characters are refused in names and dropped from lines; those that a spelling needs stay."""

import pytest
from django.core.exceptions import ValidationError

from live.comments.words import clean_line
from live.forms.comments import CommentForm
from people.text.names import clean_name, validate_name
from people.text.visible import hidden_places

pytestmark = pytest.mark.once

SPELLED_RIGHT = {
    "Persian": "می\u200cخواهم",
    "Persian plural": "کار\u200cها",
    "Arabic": "اللّٰهِ",
    "Hindi": "क्\u200dष",
    "Bengali": "র\u200d্যাম",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Malayalam": "അവന്\u200d",
    "Hebrew with points": "בְּרֵאשִׁית",
    "Tibetan": "སྒྲུབས",
    "Mongolian": "ᠪᠠᠶᠢᠨ\u180eᠠ",
    "Vietnamese": "Nguyễn",
    "Hangul": "한국어",
    "old Hangul": "\u1112\u119e\u11ab",
    "Japanese, a variant": "葛\U000e0100城",
    "family": "👩\u200d👩\u200d👧\u200d👦",
    "skin": "👩🏽\u200d🚀",
    "heart": "❤\ufe0f",
    "rainbow flag": "🏳\ufe0f\u200d🌈",
    "England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycap": "1\ufe0f⃣",
    "Braille": "⠉⠇⠑⠕\u2800⠍",
}
BLANK = [
    *("\u3164", "\uffa0", "\u115f", "\u1160", "\u115f\u1160", "\u2800", "\u200b", "\u200c", "\u200d", "\u2060"),
    *("\u034f", "\u17b4", "\u180b", "\u180e", "\ufe0f", "\u00ad", "\u061c", "\ufeff", "\U000e0041", "\U000e0100"),
    *("\U0001d159", "\u3000", "\u00a0", "\ufffc", "\u2800 \u2800", "\u3164\u200d\u3164"),
]  # fmt: skip
INSIDE = [*(one for one in BLANK if len(one) == 1 and one not in "\u3000\u00a0"), "\u202e", "\u2066", "\ufe00"]


@pytest.mark.parametrize("text", SPELLED_RIGHT.values(), ids=SPELLED_RIGHT)
def test_right_spelling_is_taken_and_not_changed(text):
    validate_name(text)

    assert clean_name(text) == text
    assert clean_line(text) == text
    assert clean_line(f"so: {text}!") == f"so: {text}!"


@pytest.mark.parametrize("text", BLANK, ids=ascii)
def test_text_with_nothing_to_see_is_none(text):
    with pytest.raises(ValidationError):
        validate_name(text)
    assert clean_line(text) == ""
    form = CommentForm({"text": text, "comment_id": "1219ce5f-1546-44b4-bfca-7a48b81e274b"})
    assert form.errors["text"] == ["Type at least one visible character."]


@pytest.mark.parametrize("character", INSIDE, ids=ascii)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_hidden_character_in_a_name_is_refused_and_left_out_of_a_line(character, place):
    text = "Cleo"[:place] + character + "Cleo"[place:]

    with pytest.raises(ValidationError, match="holds an invisible character"):
        validate_name(text)
    assert clean_line(text) == "Cleo"
    assert hidden_places(text) == {place}


@pytest.mark.parametrize("text", ["Z\u0334\u0335\u0336algo", "ก\u0e47\u0e47\u0e47", "e\u0301\u0301\u0301\u0301"])
def test_more_marks_than_a_language_writes_are_refused(text):
    with pytest.raises(ValidationError, match="stacks more accents"):
        validate_name(text)
    assert len(clean_line(text)) == len(clean_name(text)) - 1
