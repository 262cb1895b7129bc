"""Which requests are answered without the database, and so have threads of their own.

Behind pages that wait for a database they would wait too: a supervisor would end a process that is well.
"""

from http.cookies import SimpleCookie

from django.conf import settings
from django.urls import reverse


def asks_no_database(scope) -> bool:
    """Say whether a request of ASGI is for the health check, a static file, or the log-in form of a stranger."""
    path = scope["path"]
    if path == reverse("healthz") or path.startswith(settings.STATIC_URL):
        return True
    return path == reverse(settings.LOGIN_URL) and scope["method"] in ("GET", "HEAD") and not _names_a_session(scope)


def _names_a_session(scope):
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return settings.SESSION_COOKIE_NAME in SimpleCookie(cookies.decode("latin1"))
