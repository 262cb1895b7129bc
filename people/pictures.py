"""Pictures of people: decoded, cropped and encoded anew, so that a stored file holds nothing but pixels.

A picture is named by the digest of its bytes, and `User.avatar` holds that name in place of a drawing's. Files are in
the storage of the setting STORAGES; a file without a row isn't served.
"""

import hashlib
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import BinaryIO, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from people.models import Picture, User
from people.refusals import Refusal
from people.text.names import AVATARS

log = logging.getLogger(__name__)

MOST_BYTES = 6 * 2**20
MOST_PIXELS = 40_000_000
Kind = Picture.Kind
# Decoders that may read an upload, whatever the file calls itself.
FORMATS = ("JPEG", "PNG", "WEBP")
NO_PICTURE = "That is no picture. Choose a JPEG, PNG or WebP file."


class Shape(NamedTuple):
    """The size that a kind of picture is stored in, and the bounds of an upload."""

    width: int
    height: int
    least_width: int
    least_height: int
    most_pixels: int = MOST_PIXELS


SHAPES = {Kind.FACE: Shape(512, 512, 64, 64), Kind.BANNER: Shape(1500, 500, 600, 200)}


class PictureRefused(Refusal):
    """The file is no picture, or too large or too small to become one."""

    status = 422


class PicturesAway(Refusal):
    """The storage of pictures doesn't answer, or has no space."""

    status = 503


def _errors_of_storages() -> tuple[type[Exception], ...]:
    """Return the errors of a folder, and those of a bucket where its package is installed."""
    if not find_spec("botocore"):
        return (OSError,)
    from botocore.exceptions import BotoCoreError, ClientError

    return (OSError, BotoCoreError, ClientError)


STORAGE_ERRORS = _errors_of_storages()
AWAY = "Pictures can’t be stored or read right now. Try again in a few minutes."


class Prepared(NamedTuple):
    """An encoded picture whose file is stored. It is served once a row names it."""

    kind: Picture.Kind
    name: str
    content: bytes


def set_picture(user: User, file: BinaryIO, size: int) -> str:
    """Make the file the user's picture and return its name. Raise PictureRefused; nothing is changed then."""
    prepared = prepare(file, size, Kind.FACE)
    with transaction.atomic():
        take_up(user, prepared)
        User.objects.filter(pk=user.pk).update(avatar=prepared.name)
    keep(prepared)
    user.avatar = prepared.name
    return prepared.name


def prepare(file: BinaryIO, size: int, kind: Picture.Kind) -> Prepared:
    """Encode a file as a picture of the kind and store it. Raise PictureRefused; no row is changed."""
    if size > MOST_BYTES:
        raise PictureRefused(f"Choose a picture of at most {MOST_BYTES // 2**20} MB; this one has {size / 2**20:.1f}.")
    content = encoded(file, SHAPES[kind])
    prepared = Prepared(kind, f"{hashlib.sha256(content).hexdigest()[:20]}.webp", content)
    keep(prepared)
    return prepared


def take_up(user: User, prepared: Prepared) -> None:
    """Make it the user's only picture of its kind, in the caller's transaction. Call keep() after the commit."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    forget_others(user, prepared.name, prepared.kind)
    Picture.objects.get_or_create(user=user, name=prepared.name, defaults={"kind": prepared.kind})


def keep(prepared: Prepared) -> None:
    """Store the file unless it is there.

    Race: another user with the same picture may have removed the file before the row of take_up() was committed.
    """
    keep_file(path_of(prepared.name), prepared.content)


def keep_file(path: str, content: bytes) -> None:
    """Store a file unless it is there. Raise PicturesAway."""
    with _storage_answers():
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))


def read_file(path: str) -> bytes | None:
    """Return a stored file, or None. Raise PicturesAway."""
    with _storage_answers():
        try:
            with default_storage.open(path) as file:
                return file.read()
        except FileNotFoundError:
            return None


def is_kept(path: str) -> bool:
    """Return whether a file is stored. Raise PicturesAway."""
    with _storage_answers():
        return default_storage.exists(path)


@contextmanager
def _storage_answers() -> Iterator[None]:
    """Log an error of the storage, and raise PicturesAway for it."""
    try:
        yield
    except STORAGE_ERRORS as error:
        log.exception("the storage of pictures failed")
        raise PicturesAway(AWAY) from error


@transaction.atomic
def remove_picture(user: User) -> None:
    """Delete the user's picture. A drawing that was chosen stays; otherwise the first drawing takes its place."""
    forget_others(user, "", Kind.FACE)
    User.objects.filter(pk=user.pk, avatar__endswith=".webp").update(avatar=AVATARS[0][0])
    user.refresh_from_db(fields=["avatar"])


def read_picture(name: str) -> bytes | None:
    """Return the file of a picture that somebody has now, or None. One query. Raise PicturesAway."""
    return read_file(path_of(name)) if Picture.objects.filter(name=name).exists() else None


def path_of(name: str) -> str:
    return f"pictures/{name}"


def encoded(file: BinaryIO, shape: Shape) -> bytes:
    """Return the middle of the file in that shape, as a WebP without metadata. Raise PictureRefused."""
    cut = ImageOps.fit(decoded(file, shape), (shape.width, shape.height))
    ground = Image.new("RGB", cut.size, "white")
    ground.paste(cut, mask=cut.getchannel("A"))
    content = io.BytesIO()
    ground.save(content, "WEBP", quality=82)
    return content.getvalue()


def decoded(file: BinaryIO, shape: Shape, formats: tuple[str, ...] = FORMATS, words: str = NO_PICTURE) -> Image.Image:
    """Return the pixels of an upload, upright and with its clear parts. Raise PictureRefused.

    `words` are for a file that is none of the formats, or damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=formats) as image:
                _check_size(image, shape)
                # A JPEG is decoded at a fraction of its size, as far as the picture stays sharp.
                image.draft("RGB", (2 * shape.width, 2 * shape.width))
                return ImageOps.exif_transpose(image).convert("RGBA")
    except PictureRefused:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(words) from None


def _check_size(image: Image.Image, shape: Shape) -> None:
    """Refuse by the size in the file's head, before a pixel is decoded."""
    width, height = image.size
    if width * height > shape.most_pixels:
        most = shape.most_pixels // 1_000_000
        raise PictureRefused(f"Choose a picture of at most {most} megapixels; this one has {width}×{height} pixels.")
    if width < shape.least_width or height < shape.least_height:
        raise PictureRefused(f"Choose a picture of at least {shape.least_width}×{shape.least_height} pixels.")


def forget_others(user: User, name: str, kind: Picture.Kind) -> None:
    """Delete the user's pictures of a kind but the named one, and after the commit the files that nobody else has."""
    for picture in user.pictures.filter(kind=kind).exclude(name=name):
        picture.delete()
        if not Picture.objects.filter(name=picture.name).exists():
            # Robust: the row is gone, so a file that can't be deleted is logged and served no more.
            transaction.on_commit(partial(default_storage.delete, path_of(picture.name)), robust=True)
