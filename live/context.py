"""Template context of every page: the reader's purse, for the top bar and the tab bar."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from live.creators.purses import Purse, read_purse


def purse(request: HttpRequest) -> dict[str, Callable[[], Purse | int]]:
    """Add `purse` and, of it, `coin_balance`. Their one query runs when a template first uses either."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    read = cache(lambda: read_purse(user))
    return {"purse": read, "coin_balance": lambda: read().coins}
