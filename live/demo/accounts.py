"""The accounts that the demo prints at each start, as the database has them."""

from live.creators.creators import creator_of
from live.demo.cast import ACCOUNTS
from live.sessions.sessions import followers_missing
from people.models import User
from wallet.coins import coin_balance


def accounts_now() -> list[tuple[str, str, str]]:
    """Return (address, name, description) of each account of the demo that still exists."""
    people = {user.email: user for user in User.objects.filter(email__in=[email for email, *_ in ACCOUNTS])}
    return [(email, people[email].name, describe(people[email])) for email, *_ in ACCOUNTS if email in people]


def describe(user: User) -> str:
    """Return a short description of a person: viewer with 2,500 coins; creator, 13 followers short of gifts."""
    if not user.is_active:
        return "closed, can't sign in"
    if user.is_staff:
        return "operator, sees /admin/"
    creator = creator_of(user)
    if creator is None:
        coins = coin_balance(user)
        return f"viewer with {coins:,} coin{'' if coins == 1 else 's'}"
    if creator.sessions.filter(ended_at=None).exists():
        return "creator, live right now"
    missing = followers_missing(creator)
    return f"creator, {missing:,} follower{'' if missing == 1 else 's'} short of gifts" if missing else "creator"
