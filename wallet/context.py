"""What every page's top bar shows of the wallet."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from wallet.coins import coin_balance


def coin_pill(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Add `coin_balance`, read when a template first asks for it and not before."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"coin_balance": cache(lambda: coin_balance(user))}
