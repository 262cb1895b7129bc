"""Names that are taken: a name can't imitate another person, a creator or the site.

People share names, so a taken name may be taken again in the same spelling. The rules refuse a name that looks like a
taken one in other letters, a creator's name, and the site's own. The first spelling of each look is a row with a unique
key. So if two sign-ups with look-alike names race, one is refused.
"""

from collections.abc import Iterable

from django.db import transaction

from people.brand import site_name
from people.models import TakenName, User
from people.refusals import Refusal
from people.text.lookalikes import LONGEST_KEY, is_the_sites_own, keys_of, mixed_word, spelling

OF_A_CREATOR = "A creator has this name, or one that looks like it. Choose another one."
LOOKS_LIKE_ONE = "This name looks like one that is taken, in other letters. Choose another one."
THE_SITES_OWN = "This name would read as if the site itself spoke. Choose another one."


class NameRefused(Refusal):
    """A rule refused the name; nothing was changed."""


def why_not_name(name: str, *, user: User | None = None) -> str | None:
    """Return in words why the user can't take the name, or None. `user` is None at sign-up."""
    return _why_never(name) or _why_not(TakenName.objects.filter(key__in=keys_of(name)), name, user)


@transaction.atomic
def take_name(name: str, *, user: User, as_creator: bool = False) -> None:
    """Take a name for the user; a creator's name is exclusive, and their old one is free again. Raise NameRefused."""
    TakenName.objects.note([name])
    rows = TakenName.objects.select_for_update().filter(key__in=keys_of(name)).order_by("key")
    if reason := _why_never(name) or _why_not(rows, name, user):
        raise NameRefused(reason)
    if as_creator:
        user.taken_names.exclude(key__in=keys_of(name)).update(creator=None)
        rows.update(creator=user)


def _why_never(name: str) -> str | None:
    if word := mixed_word(name):
        return f"“{word}” mixes letters of alphabets that look alike. Write it in one."
    return THE_SITES_OWN if is_the_sites_own(name, site_name()) else None


def _why_not(rows: Iterable[TakenName], name: str, user: User | None) -> str | None:
    for row in rows:
        if row.creator_id is not None and (user is None or row.creator_id != user.pk):
            return OF_A_CREATOR
        if row.spelling != spelling(name)[:LONGEST_KEY] and row.creator_id is None:
            return LOOKS_LIKE_ONE
    return None
