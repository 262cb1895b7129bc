"""The desk's pictures: a sparkline of one number, and days of several numbers stacked on each other."""

from collections.abc import Sequence
from typing import NamedTuple

from live.totals.charts import step_of

# Of a sparkline, and of the stacked days. The pages stretch both to their width.
WIDTH, HEIGHT = 100, 24
DAY, BAR, HIGH = 10, 7, 100
MOST_LINES = 4


class Piece(NamedTuple):
    """One part of a day's bar: its place in the list of parts, its top and its height."""

    part: int
    y: int
    height: int


class Stack(NamedTuple):
    """The bar of one day."""

    x: int
    pieces: list[Piece]


class Stacks(NamedTuple):
    """The bars of all days, the lines behind them, `step_cents` apart, and the width of the picture."""

    days: list[Stack]
    lines: list[int]
    step_cents: int
    width: int


def draw_sparkline(numbers: Sequence[int]) -> str:
    """Return the path of a line through the numbers, from the left to the right; flat if all are the same."""
    low, high = min(0, *numbers), max(numbers)
    span = high - low
    points = [
        f"{place * WIDTH // max(1, len(numbers) - 1)} {HEIGHT - HEIGHT * (number - low) // span if span else HEIGHT}"
        for place, number in enumerate(numbers)
    ]
    return "M" + "L".join(points)


def draw_stacks(days: Sequence[Sequence[int]]) -> Stacks:
    """Return the Stacks of days, each a list of cents from the bottom up. What is below zero has no height."""
    sums = [sum(max(0, cents) for cents in day) for day in days]
    step = step_of(max(sums), MOST_LINES)
    full = step * max(1, -(-max(sums) // step))
    stacks = []
    for place, day in enumerate(days):
        reached, pieces = 0, []
        for part, cents in enumerate(day):
            below, reached = reached, reached + max(0, cents)
            y, floor = HIGH - HIGH * reached // full, HIGH - HIGH * below // full
            if cents > 0:
                # A day with a little money isn't a day without any.
                pieces.append(Piece(part, min(y, floor - 1), max(1, floor - y)))
        stacks.append(Stack(place * DAY + (DAY - BAR) // 2, pieces))
    lines = [HIGH - HIGH * at // full for at in range(step, full + 1, step)]
    return Stacks(stacks, lines, step, len(days) * DAY)
