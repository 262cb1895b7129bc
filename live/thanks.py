"""After a live: who gave, and the creator's thanks to them."""

from django.db import transaction
from django.db.models import Max, Sum

from live.models import Thanks
from people.models import User
from people.notices import notify
from people.refusals import Refusal

MOST_WORDS = 200


def top_gifters(session, limit=None):
    """Return the users who gave in a session with `coins` and `gifts`, the most first, `last_gave` breaking ties."""
    gave = {"coins": Sum("taps__coins"), "gifts": Sum("taps__quantity"), "last_gave": Max("taps__created_at")}
    return User.objects.filter(taps__session=session).annotate(**gave).order_by("-coins", "last_gave")[:limit]


@transaction.atomic
def thank(session, gifters, words):
    """Thank people who gave in an ended session, once each; return how many were thanked now. Raise Refusal while live."""
    if session.is_live:
        raise Refusal("End the live first: then you see everybody who gave, and can thank them.")
    already = set(session.thanks.values_list("gifter", flat=True))
    gave = set(session.taps.values_list("viewer", flat=True).distinct())
    thanked = [gifter for gifter in gifters if gifter.pk in gave - already]
    Thanks.objects.bulk_create([Thanks(session=session, gifter=gifter, words=words) for gifter in thanked])
    for gifter in thanked:
        notify(
            gifter,
            f"{session.creator} thanks you for your gifts in “{session.title}”: {words}",
            f"/live/{session.id}/thanks/",
        )
    return len(thanked)
