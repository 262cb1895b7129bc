"""Creators: their page, its name and handle, and the count of followers."""

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from live.creators.finding import note_creator
from live.models import Creator, Follow
from people.models import User
from people.refusals import Refusal
from people.taken_names import take_name


def become_creator(*, user: User, handle: str, name: str, bio: str = "", next_live: str = "") -> Creator:
    """Give a user a public page at /@handle/; return the Creator. Raise Refusal if either exists."""
    if Creator.objects.filter(pk=user.pk).exists():
        raise Refusal("You are a creator already. Your handle stays as it is.")
    try:
        with transaction.atomic():
            creator = Creator.objects.create(user=user, handle=handle, name=name, bio=bio, next_live=next_live)
            take_name(name, user=user, as_creator=True)
            note_creator(creator)
            return creator
    except IntegrityError:
        raise Refusal("Somebody has this handle already. Try another one.") from None


@transaction.atomic
def edit_page(creator: Creator, *, name: str, bio: str, next_live: str) -> None:
    """Change what others read on a creator's page; the handle stays, because links name it. Raise NameRefused."""
    if name != creator.name:
        take_name(name, user=creator.user, as_creator=True)
    creator.name, creator.bio, creator.next_live = name, bio, next_live
    creator.save(update_fields=["name", "bio", "next_live"])
    note_creator(creator)


def creator_of(user: User) -> Creator | None:
    """Return the user's Creator, or None. One query."""
    return Creator.objects.filter(pk=user.pk).first()


def follower_count(*, of: str) -> Coalesce:
    """Return a subquery that counts the followers of the creator whose key is in the field `of`."""
    count = Follow.objects.filter(creator=OuterRef(of)).order_by().values("creator").annotate(n=Count("pk"))
    return Coalesce(Subquery(count.values("n")), 0)


def with_followers(creators: QuerySet[Creator]) -> QuerySet[Creator]:
    """Annotate creators with `follower_count`."""
    return creators.annotate(follower_count=follower_count(of="pk"))  # type: ignore[no-redef]


def set_message_coins(creator: Creator, coins: int | None) -> None:
    """Say from how many coins a gift may come with a message; None: no gift may. It counts from the next tap on."""
    Creator.objects.filter(pk=creator.pk).update(message_coins=coins)
    creator.message_coins = coins
