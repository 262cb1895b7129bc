"""Following creators."""

from django.contrib.auth.models import AnonymousUser

from live.models import Creator, Follow
from people.models import User
from people.refusals import Refusal


def follow(*, user: User, creator: Creator) -> None:
    """Follow a creator; a repeat changes nothing. The row keeps the face that the user shows now.

    Raise Refusal for oneself.
    """
    if user.pk == creator.pk:
        raise Refusal("You can't follow yourself.")
    one = Follow(follower=user, creator=creator, as_somebody=user.is_somebody)
    Follow.objects.bulk_create([one], ignore_conflicts=True)


def unfollow(*, user: User, creator: Creator) -> None:
    """Stop following a creator; a repeat changes nothing. Gifts that are open in a running live stay open."""
    Follow.objects.filter(follower=user, creator=creator).delete()


def is_following(*, user: User | AnonymousUser, creator: Creator) -> bool:
    """Return whether the user follows the creator; False without a log-in."""
    return user.is_authenticated and Follow.objects.filter(follower=user, creator=creator).exists()
