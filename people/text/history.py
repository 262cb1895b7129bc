"""Lines of the operators' history: written from changes and a reason, and read back into them.

A line is `Active: yes → no; Name: Vee → Vera. Reason: Stolen account`, or says what was done in words:
`Approved, 1 of 2. Reason: Known for years.` A value that holds one of the signs of a line is quoted as in JSON, so
every line reads back as it was written.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

import regex

REASON = ". Reason: "
QUOTED = r'"(?:[^"\\]|\\.)*+"'
PLAIN = r"(?:(?! → |; |\. Reason: ).)*+"
VALUE = f"(?:{QUOTED}|{PLAIN})"
FIELD = r"(?:(?!\. Reason: )[^:;→])+"
CHANGE = regex.compile(
    rf"(?P<field>{FIELD}): (?P<before>{VALUE}) → (?P<after>{VALUE})(?=; |\. Reason: |$)", regex.DOTALL
)
WORDS = regex.compile(PLAIN + r"(?: → " + PLAIN + ")*+", regex.DOTALL)


class Change(NamedTuple):
    """A field with its value before and after, in words."""

    field: str
    before: str
    after: str


class Line(NamedTuple):
    """A line read back: the act in words, the changed fields, and the reason. Each may be empty."""

    words: str
    changes: list[Change]
    reason: str


def changes_in_words(changes: Iterable[Change]) -> str:
    """Write changes as a line of the history has them."""
    return "; ".join(f"{one.field}: {_written(one.before)} → {_written(one.after)}" for one in changes)


def read_line(text: str) -> Line:
    """Read a line of the history. A line without fields and reason is all words."""
    words, changes, place = [], [], 0
    while place <= len(text) and not text.startswith(REASON, place):
        if found := CHANGE.match(text, place):
            changes.append(Change(found["field"], _read(found["before"]), _read(found["after"])))
        else:
            found = WORDS.match(text, place)
            words.append(found.group())
        place = found.end()
        if not text.startswith("; ", place):
            break
        place += len("; ")
    rest = text[place:]
    return Line("; ".join(words), changes, rest.removeprefix(REASON).strip())


def _written(value: str) -> str:
    is_plain = not value.startswith('"') and not any(sign in value for sign in ("→", ";", "Reason:"))
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _read(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return json.loads(value, strict=False)
    except ValueError:
        return value
