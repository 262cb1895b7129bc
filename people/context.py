"""Template context of every page: unread notices, and flags from the settings."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, dict[str, bool] | int | Callable[[], int]]:
    """Add `flags` from the settings and `unread_notices`. Its query runs when a template first uses it."""
    user = getattr(request, "user", None)
    flags = {
        "local": settings.LOCAL,
        "mailbox": settings.MAILBOX,
        "sandbox": settings.PAYMENT_PROVIDER == "sandbox",
    }
    if user is None or not user.is_authenticated:
        return {"flags": flags, "unread_notices": 0}
    return {"flags": flags, "unread_notices": cache(lambda: user.notices.filter(read_at=None).count())}
