"""Requests that need no database have threads of their own.

Behind pages that wait for a database they would wait too: a supervisor would end a process that is well.
"""

from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.http import parse_cookie
from django.urls import reverse

from config.asgi_types import Scope


class Paths(NamedTuple):
    """The paths of the health check and of both probes, of static files, the log-in form and the admin's side."""

    health: str
    probes: tuple[str, str]
    static: str
    login: str
    admin: str


@cache
def paths() -> Paths:
    """Return the paths, looked up once: the first look-up imports every view, which takes seconds."""
    health = reverse("healthz")
    return Paths(
        health, (health, reverse("readyz")), settings.STATIC_URL, reverse(settings.LOGIN_URL), reverse("admin:index")
    )


def asks_no_database(scope: Scope) -> bool:
    """Say whether a request of ASGI is for the health check, a static file, or the log-in form of a stranger."""
    path, known = scope["path"], paths()
    if path == known.health or path.startswith(known.static):
        return True
    return path == known.login and scope["method"] in ("GET", "HEAD") and not _names_a_session(scope)


def _names_a_session(scope: Scope) -> bool:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return settings.SESSION_COOKIE_NAME in parse_cookie(cookies.decode("latin1"))
