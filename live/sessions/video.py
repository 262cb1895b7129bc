"""The address of a live's video (HLS): its rules, and the origin that the room's content security policy allows.

The site never fetches it; browsers of viewers do. So it names a public host, in characters that have no other meaning
in a header or a tag.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse

from live.models import LiveSession

MOST_CHARACTERS = 400
# Characters of an address (RFC 3986). All others have to be percent-encoded, or punycode in a host.
WRITTEN = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# At least two labels, and the last one begins with a letter: this excludes names of a local network and numeric
# addresses in any base (0x7f.0x1 is 127.0.0.1).
HOST = re.compile(rf"(?:{LABEL}\.)+(?=[a-z]){LABEL}")
LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
HERE = ("localhost", "127.0.0.1")


class NotAnAddress(ValueError):
    """The address breaks a rule, which the message names for the person who typed it."""


def origin_of(address: str) -> str:
    """Return scheme, host and port of a video's address, as a content security policy needs it. Raise NotAnAddress."""
    if not WRITTEN.fullmatch(address) or len(address) > MOST_CHARACTERS:
        raise NotAnAddress("Use the address as it is in a browser: no spaces, and letters with accents encoded.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotAnAddress("The port of this address is no number from 1 to 65535.") from None
    host = parts.hostname or ""
    is_here = settings.LOCAL and parts.scheme == "http" and host in HERE
    if parts.scheme != "https" and not is_here:
        raise NotAnAddress("The address begins with https://, so that nobody can change the video on its way.")
    if "@" in parts.netloc:
        raise NotAnAddress("Leave out the user name and the password: everybody in the room gets this address.")
    if port == 0 or parts.netloc.endswith(":"):
        raise NotAnAddress("The port of this address is no number from 1 to 65535.")
    if not is_here and (len(host) > 253 or not HOST.fullmatch(host) or host.endswith(LOCAL_ENDINGS)):
        raise NotAnAddress("Use a public host name, like video.example.com.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


class Video(NamedTuple):
    """Where a live's video is, and the origin that plays it; both "" without one."""

    address: str
    origin: str


def video_of(session: LiveSession) -> Video:
    """Return the Video of a running live. A stored address that breaks a rule of today counts as none."""
    try:
        if session.video_url and session.is_live:
            return Video(session.video_url, origin_of(session.video_url))
    except NotAnAddress:
        pass
    return Video("", "")


def let_video_in(response: HttpResponse, session: LiveSession) -> HttpResponse:
    """Add the origin of the live's video, if it has one, to the content security policy of this response."""
    origin = video_of(session).origin
    if origin:
        # The player feeds the video element from a blob of the page.
        csp_update = {"media-src": [origin, "blob:"], "connect-src": [origin]}
        response._csp_update = csp_update  # type: ignore[attr-defined]
    return response
