"""Permissions-Policy: which devices and powers of the browser a page may use."""

from django.http.response import HttpResponseBase

# Nothing here needs one of these. What isn't named has its default: this site itself may use it.
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
    """Return the header's value that denies all of DENIED but what is allowed to the page's own origin."""
    return ", ".join(f"{name}=(self)" if name in allowed else f"{name}=()" for name in DENIED)


def let_use(response: HttpResponseBase, *powers: str) -> HttpResponseBase:
    """Allow this one answer powers that pages don't have, and return it."""
    response.headers["Permissions-Policy"] = permissions(*powers)
    return response
