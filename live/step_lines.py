"""Step lines: the SVG paths of a number that dated rows change, on a scale from its lowest to its highest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

WIDTH = 1_000
# The y of the highest and of the lowest number; between them where all numbers are the same.
TOP, MIDDLE, BOTTOM = 10, 50, 90


class Step(NamedTuple):
    """A number that counts from a moment on."""

    starts_at: datetime
    number: int


class StepLine(NamedTuple):
    """The paths of a step line: of what has counted, of what is announced (or ""), and a dot for each step."""

    counted: str
    announced: str
    dots: str
    low: int
    high: int
    since: datetime


class _Scale(NamedTuple):
    start: datetime
    end: datetime
    low: int
    high: int

    def x(self, moment: datetime) -> int:
        return int((moment - self.start) * WIDTH / (self.end - self.start))

    def y(self, number: int) -> int:
        if self.low == self.high:
            return MIDDLE
        return BOTTOM - (BOTTOM - TOP) * (number - self.low) // (self.high - self.low)


def draw_step_line(steps: Sequence[Step], moment: datetime) -> StepLine:
    """Return the line of steps, the oldest first, at least one of which has started by the moment."""
    numbers = [step.number for step in steps]
    start, last = steps[0].starts_at, steps[-1].starts_at
    # The last number needs some width to be seen, and a line of one moment some length.
    width = max(moment, last) - start or timedelta(seconds=1)
    scale = _Scale(start, start + width + width / 16, min(numbers), max(numbers))
    started = [step for step in steps if step.starts_at <= moment]
    announced = steps[len(started) :]
    now = scale.x(moment) if announced else WIDTH
    counted = _path(scale, started, now)
    ahead = f"M{now} {scale.y(started[-1].number)}{_steps(scale, announced)}H{WIDTH}" if announced else ""
    dots = "".join(f"M{scale.x(step.starts_at)} {scale.y(step.number)}h0" for step in steps)
    return StepLine(counted, ahead, dots, scale.low, scale.high, start)


def _path(scale: _Scale, started: Sequence[Step], end: int) -> str:
    first, *others = started
    return f"M0 {scale.y(first.number)}{_steps(scale, others)}H{end}"


def _steps(scale: _Scale, steps: Sequence[Step]) -> str:
    return "".join(f"H{scale.x(step.starts_at)}V{scale.y(step.number)}" for step in steps)
