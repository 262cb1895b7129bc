"""Following creators."""

from live.models import Follow
from people.refusals import Refusal


def follow(*, user, creator):
    """Follow a creator; a repeat changes nothing. The row keeps the face that the user shows now.

    Raise Refusal for oneself.
    """
    if user.pk == creator.pk:
        raise Refusal("You can't follow yourself.")
    one = Follow(follower=user, creator=creator, as_somebody=user.is_somebody)
    Follow.objects.bulk_create([one], ignore_conflicts=True)


def unfollow(*, user, creator):
    """Stop following a creator; a repeat changes nothing. Gifts that are open in a running live stay open."""
    Follow.objects.filter(follower=user, creator=creator).delete()


def is_following(*, user, creator):
    """Return whether the user follows the creator; False without a log-in."""
    return user.is_authenticated and Follow.objects.filter(follower=user, creator=creator).exists()
