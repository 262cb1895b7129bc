"""Template context of every page: the coin balance in the top bar."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from wallet.coins import coin_balance


def coin_pill(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Add `coin_balance`. The query runs when a template first uses it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"coin_balance": cache(lambda: coin_balance(user))}
