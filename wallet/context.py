"""What every page's top bar shows of the wallet."""

from functools import cache

from wallet.coins import coin_balance


def coin_pill(request):
    """Add `coin_balance`, read when a template first asks for it and not before."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"coin_balance": cache(lambda: coin_balance(user))}
