"""After a live: who gave, and the creator's thanks to them."""

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from live.models import LiveSession, Thanks
from people.models import User
from people.notices import notify_each
from people.refusals import Refusal

MOST_WORDS = 200


def top_gifters(session, limit=None):
    """Return the users who gave in a session with `coins` and `gifts`, the most first, `last_gave` breaking ties."""
    gave = {"coins": Sum("taps__coins"), "gifts": Sum("taps__quantity"), "last_gave": Max("taps__created_at")}
    return User.objects.filter(taps__session=session).annotate(**gave).order_by("-coins", "last_gave")[:limit]


@transaction.atomic
def thank(session, gifters, words, *, now=None):
    """Thank people who gave in an ended session, once each; return how many were thanked now. Refused while live."""
    if session.is_live:
        raise Refusal("End the live first: then you see everybody who gave, and can thank them.")
    now = now or timezone.now()
    # Two presses of the button queue here, so that the second one finds everybody thanked.
    LiveSession.objects.select_for_update().get(pk=session.pk)
    unthanked = set(session.taps.values_list("viewer", flat=True).distinct())
    unthanked -= set(session.thanks.values_list("gifter", flat=True))
    thanked = [gifter for gifter in gifters if gifter.pk in unthanked]
    Thanks.objects.bulk_create(
        [Thanks(session=session, gifter=gifter, words=words, created_at=now) for gifter in thanked]
    )
    text = f"{session.creator} thanks you for your gifts in “{session.title}”: {words}"
    notify_each(thanked, text, f"/live/{session.id}/thanks/", now=now)
    return len(thanked)


def given_by(user, session):
    """Return what a user gave in a session: `coins` and `gifts`."""
    return user.taps.filter(session=session).order_by().aggregate(coins=Sum("coins"), gifts=Sum("quantity"))
