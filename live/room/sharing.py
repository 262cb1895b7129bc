"""Sharing: the address of a live or of a creator's page as a code that a phone's camera reads."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

# The light margin around the code, in modules. The standard requires four.
QUIET_ZONE = 4


class Code(NamedTuple):
    """A QR code as a picture: `size` units wide and high, margin included, and the `path` of its dark modules."""

    size: int
    path: str


# All viewers of a room need the code of one address.
@lru_cache(maxsize=256)
def code_of(address: str) -> Code:
    """Return the Code of an address. It stays readable with a sixth of it covered."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(address)
    rows = code.get_matrix()
    return Code(len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: Sequence[bool]) -> str:
    """Return the dark runs of one row as rectangles of a path."""
    runs, start = [], None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            runs.append(f"M{start} {y}h{x - start}v1H{start}z")
            start = None
    return "".join(runs)
