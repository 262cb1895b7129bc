"""Thanks of a creator to the gifters of an ended live, by their faces."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from live.models import LiveSession, Thanks
from live.totals.gifters import people_behind
from people.models import User
from people.notices import Kind, notify_each
from people.refusals import Refusal

MOST_WORDS = 200


@transaction.atomic
def thank(session: LiveSession, keys: Iterable[str] | None, words: str, *, now: datetime | None = None) -> int:
    """Thank gifters of an ended live, once each; return how many were thanked now. Raise Refusal while live.

    `keys` are those of their faces, None for everybody. A person who gave by name and as Somebody is thanked twice.
    """
    if session.is_live:
        raise Refusal("End the live first: then you see everybody who gave, and can thank them.")
    now = now or timezone.now()
    # Lock the session's row, so that a second request at once finds everybody thanked.
    LiveSession.objects.select_for_update().get(pk=session.pk)
    gave = people_behind(session)
    chosen = gave.values() if keys is None else [gave[key] for key in keys if key in gave]
    thanked = set(chosen) - set(session.thanks.values_list("gifter", "as_somebody"))
    Thanks.objects.bulk_create(
        [
            Thanks(session=session, gifter_id=person, as_somebody=as_somebody, words=words, created_at=now)
            for person, as_somebody in sorted(thanked)
        ]
    )
    for as_somebody, gifts in ((False, "your gifts"), (True, "what you gave as Somebody")):
        people = [person for person, hidden in sorted(thanked) if hidden == as_somebody]
        text = f"{session.creator} thanks you for {gifts} in “{session.title}”: {words}"
        notify_each(people, text, f"/live/{session.id}/thanks/", now=now, kind=Kind.THANKS)
    return len(thanked)


def given_by(user: User, session: LiveSession) -> dict[str, int | None]:
    """Return `coins` and `gifts` of a user in a session, by name and as Somebody together."""
    return user.taps.filter(session=session).order_by().aggregate(coins=Sum("coins"), gifts=Sum("quantity"))
