"""Bar charts: where the bars of a picture stand, in whole units of its SVG."""

from collections.abc import Sequence
from typing import NamedTuple


class Bar(NamedTuple):
    """The left edge, the top and the height of a bar."""

    x: int
    y: int
    height: int


class Canvas(NamedTuple):
    """The area of bars: `width` units wide, its axis at `base`, and at most `height` units high above the axis.

    A number above zero gets a bar of at least `least` units; zero gets no height.
    """

    width: int = 320
    base: int = 100
    height: int = 90
    least: int = 2

    def step(self, count: int) -> int:
        """Return the distance between the left edges of `count` bars."""
        return self.width // count

    def bar_width(self, count: int) -> int:
        """Return three quarters of the step, but at least 3 and at most 24 units: 24 for 10 bars in 320."""
        return max(3, min(self.step(count) * 3 // 4, 24))

    def top(self, number: int, full: int) -> int:
        """Return the y of a number on a scale whose `full` is as high as the canvas, rounded towards the axis."""
        return self.base - self.height * number // full

    def bars(self, numbers: Sequence[int], *, full: int = 0, indent: int = 0) -> list[Bar]:
        """Return a bar for each number, each `indent` units into its step. By default the largest number is `full`."""
        full, step = full or max(numbers), self.step(len(numbers))
        heights = [max(self.base - self.top(number, full), self.least) if number else 0 for number in numbers]
        return [Bar(place * step + indent, self.base - height, height) for place, height in enumerate(heights)]


def step_of(most: int, lines: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 … dollars, in cents, that reaches `most` with so many lines."""
    size = 1_00
    while True:
        for factor in (1, 2, 5):
            if size * factor * lines >= most:
                return size * factor
        size *= 10
