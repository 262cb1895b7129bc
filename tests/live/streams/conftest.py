"""Streams in a hurry."""

import math

import pytest

from live.streams import broadcast as rooms


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.02
    monkeypatch.setattr(rooms, "END_SECONDS", 0.02)
    # The board has tests of its own.
    monkeypatch.setattr(rooms, "BOARD_SECONDS", math.inf)
