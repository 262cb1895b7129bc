"""The numbers of a new dated row in words: only those that differ from the row before it."""

from collections.abc import Callable, Mapping
from typing import Any

from wallet.dated import DatedRow

Sentences = Mapping[str, tuple[str, Callable[[int], str]]]


def differences(before: DatedRow, after: dict[str, Any], sentences: Sentences) -> dict[str, str]:
    """Return the sentences of the numbers that differ, by column: each with the number after and the number before."""
    return {
        name: sentence.format(write(after[name]), write(getattr(before, name)))
        for name, (sentence, write) in sentences.items()
        if after[name] != getattr(before, name)
    }
