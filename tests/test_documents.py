"""The documents for a first day: one meaning for each word, and walks and a picture of the house as it is."""

import re
from collections import Counter

import pytest
from django.conf import settings

from tests.test_architecture import ROOMS

pytestmark = pytest.mark.once

DOCS = settings.BASE_DIR / "docs"
STEP = re.compile(r"^\d\. (\**)`([\w/.]+)`\** — (.*(?:\n   .*)*)", re.M)


def walks():
    """Return {name: [(path, whether it is bold, names of the functions in it)]} of the walks."""
    text = (DOCS / "architecture.md").read_text()
    text = text[text.index("## Four walks") : text.index("## What to read for what")]
    parts = re.split(r"^\*\*(.+)\*\* (\(\d files\))$", text, flags=re.M)[1:]
    return {f"{name} {count}": list(_steps(part)) for name, count, part in zip(*[iter(parts)] * 3, strict=True)}


def _steps(part):
    for bold, path, words in STEP.findall(part):
        yield path, bool(bold), re.findall(r"`(?:\w+\.)?(\w+)\(\)`", words)


def test_each_word_of_the_glossary_has_one_row():
    text = (DOCS / "glossary.md").read_text()
    firsts = [first for first in re.findall(r"^\| ([^|]+) \|", text, re.M) if first not in ("word", "---")]
    words = Counter(word.strip() for first in firsts for word in re.sub(r"\([^)]*\)", "", first).split(","))

    assert len(words) > 100
    assert [word for word, rows in words.items() if rows > 1] == []


def test_each_decision_has_a_number_of_its_own():
    numbers = Counter(path.name[:4] for path in (DOCS / "adr").glob("[0-9]*.md"))

    assert len(numbers) > 40
    assert [number for number, files in numbers.items() if files > 1] == []


@pytest.mark.parametrize("walk", walks())
def test_walk_names_functions_where_they_are(walk):
    for path, _, functions in walks()[walk]:
        source = (settings.BASE_DIR / path).read_text()
        defined = set(re.findall(r"\b(?:def|function) (\w+)\(", source))
        assert [name for name in functions if name not in defined] == [], path


def test_walks_are_short():
    assert list(walks()) == [
        "A tap, until another viewer sees it (8 files)",
        "A recharge (4 files)",
        "The end of a live (4 files)",
        "A withdrawal, until it is paid (4 files)",
    ]
    for walk, steps in walks().items():
        assert walk.endswith(f"({len(steps)} files)")
        assert sum(is_money for _, is_money, _ in steps) <= 3, walk


def test_picture_of_the_house_has_the_packages_of_live_in_the_order_of_their_imports():
    picture = (DOCS / "images/house.svg").read_text()
    live = picture[picture.index(">live<") : picture.index(">payouts<")]
    rows = {}
    for height, name in re.findall(r'<text class="name"[^>]* y="(\d+)">(\w+)<', live):
        rows.setdefault(int(height), set()).add(name)

    assert [rows[height] for height in sorted(rows, reverse=True)] == ROOMS
