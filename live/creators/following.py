"""Following creators."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, FilteredRelation, Q, QuerySet

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


def with_running_live(creators: QuerySet[Creator]) -> QuerySet[Creator]:
    """Join each creator with the live that runs, as `running`; None without one."""
    running = FilteredRelation("sessions", condition=Q(sessions__ended_at=None))
    return creators.annotate(running=running).select_related("running")  # type: ignore[misc]


def followed_by(user: User) -> QuerySet[Creator]:
    """Return the creators whom a user follows, live ones first by their start, then by name. One query."""
    followed = Creator.objects.filter(followers__follower=user).select_related("user")
    return with_running_live(followed).order_by(F("running__started_at").desc(nulls_last=True), "name", "pk")
