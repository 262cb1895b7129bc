"""Step lines: the paths that draw a number over time."""

from datetime import UTC, datetime, timedelta

import pytest

from live.step_lines import Step, draw_step_line

pytestmark = pytest.mark.once

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
# The width of a line is the time from its first step to now or to its last step, and a sixteenth of it.
DAYS_TO_NOW = 160


def draw(*steps, days=DAYS_TO_NOW):
    rows = [Step(JANUARY + timedelta(days=day), number) for day, number in steps]
    return draw_step_line(rows, JANUARY + timedelta(days=days))


def test_one_number_is_a_level_line_in_the_middle():
    line = draw((0, 5_000))

    assert (line.counted, line.announced, line.dots) == ("M0 50H1000", "", "M0 50h0")
    assert (line.low, line.high, line.since) == (5_000, 5_000, JANUARY)


def test_each_change_is_a_step_between_the_lowest_and_the_highest_number():
    line = draw((0, 5_000), (85, 4_800), (119, 5_000))

    assert line.counted == "M0 10H500V90H700V10H1000"
    assert line.dots == "M0 10h0M500 90h0M700 10h0"
    assert (line.low, line.high) == (4_800, 5_000)


def test_number_between_two_others_stands_between_them():
    assert draw((0, 100), (85, 150), (119, 200)).counted == "M0 90H500V50H700V10H1000"


def test_announced_number_has_a_line_of_its_own_from_now_on():
    line = draw((0, 5_000), (160, 5_200), days=80)

    assert line.counted == "M0 90H470"
    assert line.announced == "M470 90H941V10H1000"
    assert line.dots == "M0 90h0M941 10h0"


def test_number_that_counts_from_now_on_is_drawn():
    assert draw((0, 5_000), days=0).counted == "M0 50H1000"
