"""The uploaded mark of the brand: decoded and drawn anew in each size that pages, browsers and phones ask for.

A mark is named by the digest of its pixels. Files of earlier marks stay in the storage: pages of a process that still
keeps the earlier brand, and pages that are open, name them.
"""

import hashlib
import io
import re
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps

from people.pictures import MOST_BYTES, PictureRefused, Shape, decoded, keep_file, read_file

# The form in which an upload is decoded: enough for the largest size.
UPLOAD = Shape(512, 512, 192, 192)
DIGEST = re.compile(r"[0-9a-f]{16}")
# The ground of installed apps, as static/css/tokens.css has it by day.
PAPER = "#faf6f0"


class Size(NamedTuple):
    """A square of `side` pixels. `inset`: the share around the mark on a ground, for masks; 0 for a clear ground."""

    side: int
    inset: float = 0.0


SIZES = {
    "32": Size(32),
    "96": Size(96),
    "192": Size(192),
    "512": Size(512),
    "icon-192": Size(192, 0.12),
    "icon-512": Size(512, 0.12),
    "icon-maskable-192": Size(192, 0.2),
    "icon-maskable-512": Size(512, 0.2),
}


def keep_mark(file: BinaryIO, size: int) -> str:
    """Store a mark in every size; return its digest. Raise PictureRefused or PicturesAway."""
    if size > MOST_BYTES:
        raise PictureRefused(f"Choose a picture of at most {MOST_BYTES // 2**20} MB; this one has {size / 2**20:.1f}.")
    image = decoded(file, UPLOAD)
    digest = hashlib.sha256(_drawn(image, SIZES["512"])).hexdigest()[:16]
    for name, one in SIZES.items():
        keep_file(_path_of(digest, name), _drawn(image, one))
    return digest


def read_mark(digest: str, size: str) -> bytes | None:
    """Return the file of a mark in one size, or None. No query. Raise PicturesAway."""
    if size not in SIZES or not DIGEST.fullmatch(digest):
        return None
    return read_file(_path_of(digest, size))


def _path_of(digest: str, size: str) -> str:
    return f"brand/{digest}-{size}.png"


def _drawn(image: Image.Image, size: Size) -> bytes:
    """Return the whole picture in the middle of a square, as a PNG without metadata."""
    side = round(size.side * (1 - 2 * size.inset))
    ground = Image.new("RGBA", (size.side, size.side), PAPER if size.inset else (0, 0, 0, 0))
    fitted = ImageOps.contain(image, (side, side))
    place = ((size.side - fitted.width) // 2, (size.side - fitted.height) // 2)
    ground.alpha_composite(fitted, place)
    content = io.BytesIO()
    ground.save(content, "PNG", optimize=True)
    return content.getvalue()
