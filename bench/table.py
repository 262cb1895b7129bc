"""The table: each measured value, its bound, and whether it is within it."""

import sys
from typing import NamedTuple


class Row(NamedTuple):
    """One line. `measured` is None when a peer isn't there; without a bound it only informs."""

    name: str
    measured: float | None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def falls_short(self):
        if self.measured is None:
            return False
        too_small = self.at_least is not None and self.measured < self.at_least
        return too_small or (self.at_most is not None and self.measured > self.at_most)

    def without_bound(self):
        return self._replace(at_least=None, at_most=None)

    @property
    def bound(self):
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}" if self.at_most is not None else ""

    @property
    def verdict(self):
        if self.measured is None:
            return "not measured"
        return "" if not self.bound else "falls short" if self.falls_short else "ok"


def say(what):
    """Print progress on the error stream, so that the output is the table alone."""
    print(f"  … {what}", file=sys.stderr, flush=True)


def print_table(machine, rows):
    print("\n".join(machine), end="\n\n")
    width = max((len(row.name) for row in rows), default=8)
    print(f"{'measured':{width}}  {'value':>10}  {'wanted':14}  verdict")
    for row in rows:
        value = (
            "-" if row.measured is None else f"{row.measured:,.2f}" if row.measured < 100 else f"{row.measured:,.0f}"
        )
        print(f"{row.name:{width}}  {value:>10}  {row.bound:14}  {row.verdict}")
