"""Permissions-Policy: the features of the browser that a page may use."""

from typing import TypeVar

from django.http.response import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)

# The site uses none of these. A feature that isn't listed has its default: this origin may use it.
DENIED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def permissions(*allowed: str) -> str:
    """Return the header's value: each feature of DENIED is off, or allowed to this origin if named."""
    return ", ".join(f"{name}=(self)" if name in allowed else f"{name}=()" for name in DENIED)


def let_use(response: Response, *powers: str) -> Response:
    """Allow this response features that are off elsewhere; return it."""
    response.headers["Permissions-Policy"] = permissions(*powers)
    return response
