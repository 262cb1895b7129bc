"""Lines that people type: invisible characters are removed, visible ones stay."""

import pytest

from live.comments.words import clean_line
from live.forms.going_live import LiveForm

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Friday strings", "Friday strings"),
        ("  two \t lines\r\nbecome one ", "two lines become one"),
        ("turned \u202eround\u202c and \u2066back\u2069", "turned round and back"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u0301te\u0301", "été"),
        ("Z\u0336\u0335\u0334\u0333algo", "Z\u0336\u0335algo"),
        ("on stage \U0001f469\u200d\U0001f3a4", "on stage \U0001f469\u200d\U0001f3a4"),
        ("\u200da\u200db", "ab"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd"),
        ("日曜の弦", "日曜の弦"),
        ("\u200b \u202e\n", ""),
        ("\u0301", ""),
    ],
)
def test_line_keeps_what_can_be_seen(typed, kept):
    assert clean_line(typed) == kept


def test_a_line_is_as_long_as_it_was_typed():
    letter = "\u0958"  # one as typed, two in NFC
    assert LiveForm({"title": letter * 80}).is_valid()
    assert not LiveForm({"title": letter * 81}).is_valid()
