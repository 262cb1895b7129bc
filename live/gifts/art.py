"""The art of gifts: drawings that come along, and uploads.

`Gift.art` and `GiftTap.art` name either: `panda`, or the digest of an uploaded file with its ending. Uploaded files
are never deleted, because taps name them for ever.
"""

import hashlib
import io
from typing import BinaryIO

from django.templatetags.static import static
from django.urls import reverse
from PIL import ImageOps

from live.gifts.drawings import cleaned
from live.models import art_choices, is_uploaded
from people.pictures import PictureRefused, Shape, decoded, is_kept, keep_file, read_file

MOST_BYTES = 500_000
# The largest place, a gift that crosses the stage, is about as large.
SIDE = 256
PIXELS = Shape(SIDE, SIDE, 96, 96, most_pixels=4_000_000)
PNG = b"\x89PNG\r\n\x1a\n"
NO_ART = "That is neither an SVG nor a PNG that can be read. Choose another file."
TYPES = {"svg": "image/svg+xml", "webp": "image/webp"}


def keep_art(file: BinaryIO, size: int) -> str:
    """Clean an uploaded picture, store it and return its name. Raise PictureRefused or PicturesAway."""
    if size > MOST_BYTES:
        raise PictureRefused(f"Choose a file of at most {MOST_BYTES // 1000} kB; this one has {size / 1000:,.0f}.")
    content = file.read()
    if content.startswith(PNG):
        ending, stored = "webp", _redrawn(content)
    elif content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        ending, stored = "svg", cleaned(content)
    else:
        raise PictureRefused(NO_ART)
    name = f"{hashlib.sha256(stored).hexdigest()[:20]}.{ending}"
    keep_file(_path_of(name), stored)
    return name


def read_art(name: str) -> tuple[bytes, str] | None:
    """Return an uploaded picture and its content type, or None. No query. Raise PicturesAway."""
    content = read_file(_path_of(name)) if is_uploaded(name) else None
    return None if content is None else (content, TYPES[name.rpartition(".")[2]])


def is_art(name: str) -> bool:
    """Return whether a gift may have the art: it comes along, or was uploaded. Raise PicturesAway."""
    return is_kept(_path_of(name)) if is_uploaded(name) else name in dict(art_choices())


def art_url(name: str) -> str:
    """Return the address of art: panda → /static/gifts/panda.svg, 3f….svg → /gifts/3f….svg."""
    return reverse("gift-art", args=[name]) if "." in name else static(f"gifts/{name}.svg")


def _path_of(name: str) -> str:
    return f"gifts/{name}"


def _redrawn(content: bytes) -> bytes:
    """Return the first frame of a PNG in the middle of a clear square, as a WebP without metadata."""
    picture = ImageOps.pad(decoded(io.BytesIO(content), PIXELS, ("PNG",), NO_ART), (SIDE, SIDE), color=(0, 0, 0, 0))
    stored = io.BytesIO()
    picture.save(stored, "WEBP", quality=90, method=6)
    return stored.getvalue()
