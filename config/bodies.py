"""Bodies of requests, bounded: in size by what their view can need, in time, and together in each process."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from config.asgi_types import Receive, Scope
from people.brand import THE_ONE
from people.requests import GetResponse, Request

MIB = 2**20
LARGEST = MIB
# More than the forms take: they refuse most files that are too large beside their field.
LARGEST_IMPORT = 8 * MIB
LARGEST_PICTURE = 7 * MIB
A_PICTURE = "Choose a picture of at most 6 MB."
A_CATALOG = "Choose a file of at most 500 kB."
A_GIFT = "Choose a picture of at most 500 kB."
# Of all requests of a process, until their pages are made. Small bodies don't count: a tap is always taken.
AT_MOST = 64 * MIB
SMALL = 2**16
SECONDS = 60

TOO_MANY = "The site is busy with other uploads. Nothing was changed; try again in a moment."
TOO_SLOW = "What was sent didn't arrive within a minute. Nothing was changed."


class Gone(Exception):
    """The client left before its body was whole. A part of a form must not count as the form."""


class NotTaken(Exception):
    """A body that is answered without a page: the status, and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


@dataclass
class Body:
    """A body and its size. One that is too large for its view is empty, and its size says so."""

    file: io.BytesIO = field(default_factory=io.BytesIO)
    size: int = 0
    # Bytes that count towards AT_MOST.
    counted: int = 0


class Bodies:
    """The bodies that one process has at the moment. They stay in memory."""

    def __init__(self) -> None:
        self._counted = 0

    @contextlib.asynccontextmanager
    async def reading(self, scope: Scope, receive: Receive) -> AsyncIterator[Body]:
        """Read a body and keep it for as long as the block. Raise Gone or NotTaken."""
        body, announced = Body(), announced_size(scope)
        try:
            # A request without a body needs no timer.
            if announced != 0:
                try:
                    async with asyncio.timeout(SECONDS):
                        await self._read(body, scope, receive, announced)
                except TimeoutError:
                    raise NotTaken(408, TOO_SLOW) from None
            yield body
        finally:
            self._count(body, 0)

    async def _read(self, body: Body, scope: Scope, receive: Receive, announced: int | None) -> None:
        largest = largest_body(scope["path"])
        body.size = announced or 0
        more = body.size <= largest
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body.file.write(message.get("body", b""))
            body.size = body.file.tell()
            # The server would announce the end by a message of its own, which costs a switch of threads.
            is_whole = body.size == announced
            more = message.get("more_body", False) and body.size <= largest and not is_whole
            if body.size > SMALL:
                self._count(body, body.size)
        if body.size > largest:
            body.file = io.BytesIO()

    def _count(self, body: Body, size: int) -> None:
        self._counted += size - body.counted
        body.counted = size
        if size and self._counted > AT_MOST:
            raise NotTaken(503, TOO_MANY)


def announced_size(scope: Scope) -> int | None:
    """Return the size of a request's body as its headers have it; None if only the body's end tells."""
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length")
    if declared is not None:
        return int(declared) if declared.isdigit() else None
    # Only from HTTP/2 on may a body come without a header that announces it.
    return 0 if scope["http_version"] in ("1.0", "1.1") and b"transfer-encoding" not in headers else None


class Upload(NamedTuple):
    """A view that takes a file: bytes of its largest body, the form's limit in words, and the page of the form."""

    largest: int
    words: str
    form: str


@cache
def _uploads() -> dict[str, Upload]:
    """Return the views that take files, by path."""
    brand = reverse("admin:people_brand_change", args=[THE_ONE])
    catalog = reverse("admin:live_gift_import")
    return {
        reverse("picture-upload"): Upload(LARGEST_PICTURE, A_PICTURE, reverse("edit-profile")),
        reverse("banner-upload"): Upload(LARGEST_PICTURE, A_PICTURE, reverse("creator-profile")),
        brand: Upload(LARGEST_PICTURE, A_PICTURE, brand),
        catalog: Upload(LARGEST_IMPORT, A_CATALOG, catalog),
    }


@cache
def _gifts() -> str:
    return reverse("admin:live_gift_changelist")


def _upload_at(path: str) -> Upload | None:
    """Return the view at a path if it takes a file. Each gift has a form of its own."""
    if upload := _uploads().get(path):
        return upload
    is_gift = path.startswith(_gifts()) and path.endswith(("/add/", "/change/"))
    return Upload(LARGEST, A_GIFT, path) if is_gift else None


def largest_body(path: str) -> int:
    """Return how many bytes the view of a path may be sent."""
    upload = _upload_at(path)
    return upload.largest if upload else LARGEST


def bounded(get_response: GetResponse) -> GetResponse:
    """Middleware: refuse a body that is too large for its view with 413, in words. Under any server, unread."""

    def middleware(request: Request) -> HttpResponseBase:
        size = request.META.get("CONTENT_LENGTH") or ""
        if size.isdigit() and int(size) > largest_body(request.path_info):
            upload = _upload_at(request.path_info)
            context = {"words": upload.words if upload else "This page takes at most 1 MB.", "upload": upload}
            return HttpResponse(render_to_string("413.html", context), status=413)
        return get_response(request)

    return middleware
