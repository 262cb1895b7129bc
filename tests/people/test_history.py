"""A line of the operators' history reads back as it was written, whatever an operator typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.operator import in_words
from people.text.history import Change, Line, changes_in_words, read_line

pytestmark = pytest.mark.once

SIGNS = st.lists(st.sampled_from([" → ", "; ", ". Reason: ", '"', "\\", "→", ";", ": ", ".", "a", " ", "\n", "é"]))
VALUES = SIGNS.map("".join) | st.text()
CHANGES = st.lists(st.builds(Change, st.sampled_from(["Name", "May come in", "price in cents"]), VALUES, VALUES))
REASONS = VALUES.map(str.strip)


@given(CHANGES, REASONS)
def test_line_reads_back_as_it_was_written(changes, reason):
    line = f"{changes_in_words(changes)}. Reason: {reason}"

    assert read_line(line) == Line("", changes, reason)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Approved, 1 of 2. Reason: Known.", Line("Approved, 1 of 2", [], "Known.")),
        ("Active: yes → no. Reason: Stolen", Line("", [Change("Active", "yes", "no")], "Stolen")),
        (
            "Announced: Panda: 7 coins from 04 Dec 2026; price: 5 → 7. Reason: Dearer bamboo",
            Line("Announced: Panda: 7 coins from 04 Dec 2026", [Change("price", "5", "7")], "Dearer bamboo"),
        ),
        ("Looked into: sandbox says A; then B. Reason: Fine", Line("Looked into: sandbox says A; then B", [], "Fine")),
        ("Added. Reason: A → b; c: d", Line("Added", [], "A → b; c: d")),
        ("Nothing changed. Reason: ", Line("Nothing changed", [], "")),
        ("Changed name and bio.", Line("Changed name and bio.", [], "")),
        ("", Line("", [], "")),
    ],
)
def test_line_is_read_into_words_changes_and_reason(text, line):
    assert read_line(text) == line


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (1, "1"), (False, "no"), (True, "yes"), (None, "none"), ("", "none"), ([], "none")]
)
def test_a_number_is_written_as_a_number_and_a_box_as_yes_or_no(value, words):
    assert in_words(value) == words
