"""Bar charts: heights, places and widths in whole units."""

import pytest

from live.totals.charts import Bar, Canvas

pytestmark = pytest.mark.once


def test_the_largest_number_is_as_high_as_the_canvas():
    bars = Canvas().bars([10, 0, 20, 1])

    assert bars == [Bar(0, 55, 45), Bar(80, 100, 0), Bar(160, 10, 90), Bar(240, 96, 4)]


def test_a_small_number_keeps_the_least_height():
    assert [bar.height for bar in Canvas(least=1).bars([1, 1_000])] == [1, 90]
    assert [bar.height for bar in Canvas().bars([1, 1_000])] == [2, 90]


def test_numbers_on_a_given_scale_leave_room_above():
    canvas = Canvas(width=360, base=126, height=120)

    assert canvas.bars([500, 250], full=1_000, indent=6) == [Bar(6, 66, 60), Bar(186, 96, 30)]
    assert canvas.top(1_000, 1_000) == 6


def test_bars_of_zeros_have_no_height():
    assert Canvas().bars([0, 0]) == [Bar(0, 100, 0), Bar(160, 100, 0)]


def test_bar_width_is_three_quarters_of_a_step_within_bounds():
    assert [Canvas().bar_width(count) for count in (1, 20, 160)] == [24, 12, 3]
