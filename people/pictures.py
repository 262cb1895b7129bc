"""Pictures of people: decoded, cropped and encoded anew, so that a stored file holds nothing but pixels.

A picture is named by the digest of its bytes, and `User.avatar` holds that name in place of a drawing's. Files are in
the storage of the setting STORAGES; a file without a row isn't served.
"""

import hashlib
import io
import warnings
from functools import partial
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from people.models import Picture, User
from people.refusals import Refusal
from people.text.names import AVATARS

MOST_BYTES = 6 * 2**20
MOST_PIXELS = 40_000_000
LEAST_SIDE = 64
SIDE = 512
# Decoders that may read an upload, whatever the file calls itself.
FORMATS = ("JPEG", "PNG", "WEBP")
NO_PICTURE = "That is no picture. Choose a JPEG, PNG or WebP file."


class PictureRefused(Refusal):
    """The file is no picture, or too large or too small to become one."""

    status = 422


def set_picture(user: User, file: BinaryIO, size: int) -> str:
    """Make the file the user's picture and return its name. Raise PictureRefused; nothing is changed then."""
    if size > MOST_BYTES:
        raise PictureRefused(f"Choose a picture of at most {MOST_BYTES // 2**20} MB; this one has {size / 2**20:.1f}.")
    content = encoded(file)
    name = f"{hashlib.sha256(content).hexdigest()[:20]}.webp"
    _keep(name, content)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _forget_others(user, name)
        Picture.objects.get_or_create(user=user, name=name)
        User.objects.filter(pk=user.pk).update(avatar=name)
    # Race: another user with the same picture may have removed the file before this row was committed.
    _keep(name, content)
    user.avatar = name
    return name


@transaction.atomic
def remove_picture(user: User) -> None:
    """Delete the user's picture. A drawing that was chosen stays; otherwise the first drawing takes its place."""
    _forget_others(user, "")
    User.objects.filter(pk=user.pk, avatar__endswith=".webp").update(avatar=AVATARS[0][0])
    user.refresh_from_db(fields=["avatar"])


def read_picture(name: str) -> bytes | None:
    """Return the file of a picture that somebody has now, or None. One query."""
    if not Picture.objects.filter(name=name).exists():
        return None
    try:
        with default_storage.open(path_of(name)) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _keep(name: str, content: bytes) -> None:
    if not default_storage.exists(path_of(name)):
        default_storage.save(path_of(name), ContentFile(content))


def path_of(name: str) -> str:
    return f"pictures/{name}"


def encoded(file: BinaryIO) -> bytes:
    """Return the file's middle square as a WebP without metadata. Raise PictureRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _check_size(image)
                # A JPEG is decoded at a fraction of its size, as far as the square stays sharp.
                image.draft("RGB", (2 * SIDE, 2 * SIDE))
                upright = ImageOps.exif_transpose(image).convert("RGBA")
    except PictureRefused:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(NO_PICTURE) from None
    square = ImageOps.fit(upright, (SIDE, SIDE))
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square.getchannel("A"))
    content = io.BytesIO()
    ground.save(content, "WEBP", quality=82)
    return content.getvalue()


def _check_size(image: Image.Image) -> None:
    """Refuse by the size in the file's head, before a pixel is decoded."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureRefused(f"Choose a picture of at most 40 megapixels; this one has {width}×{height} pixels.")
    if min(width, height) < LEAST_SIDE:
        raise PictureRefused(f"Choose a picture of at least {LEAST_SIDE}×{LEAST_SIDE} pixels.")


def _forget_others(user: User, name: str) -> None:
    """Delete the user's pictures but the named one, and after the commit the files that nobody else has."""
    for picture in user.pictures.exclude(name=name):
        picture.delete()
        if not Picture.objects.filter(name=picture.name).exists():
            transaction.on_commit(partial(default_storage.delete, path_of(picture.name)))
