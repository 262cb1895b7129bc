"""The start of a process: a setting that is refused ends it with one sentence, and without a traceback."""

import sys
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

Started = TypeVar("Started")


class StartRefused(ImproperlyConfigured):
    """A setting is missing or can't be used. The words name the setting and what it accepts."""


def start_or_refuse(start: Callable[[], Started]) -> Started:
    """Return start(). If it raises StartRefused, end the process with status 1; any other error keeps its traceback."""
    try:
        return start()
    except StartRefused as refused:
        sys.exit(f"Ovation didn't start: {refused}")
