"""Streams with short intervals."""

import math

import pytest

from live.streams import broadcast


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.02
    monkeypatch.setattr(broadcast, "END_SECONDS", 0.02)
    # Leave out the board: tests/live/room/test_board.py tests it.
    monkeypatch.setattr(broadcast, "BOARD_SECONDS", math.inf)
