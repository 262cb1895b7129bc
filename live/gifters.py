"""Gifters: who gave in a live, by the faces they showed. By name and as Somebody, one person is two gifters.

They are counted apart, too: one person in two rows would say who that Somebody is.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, IntegerField, Max, OuterRef, Subquery, Sum

from live.faces import Face, face_of, key_of
from live.models import GiftTap, Thanks
from live.tallies import gifter_count
from people.models import User


class Gifter(NamedTuple):
    """What one face gave in a live: `coins`, `gifts`, and the creator's words of thanks, if there are any.

    `lives` is in how many lives of this creator they gave by name; None for Somebody, whom nothing follows from one
    live to the next.
    """

    face: Face
    coins: int
    gifts: int
    last_gave: datetime
    lives: int | None
    words: str | None


class Gifters:
    """The gifters of a live, the most first and the earlier ones first among equals. Each slice is one statement."""

    def __init__(self, session):
        self.session = session
        taps = GiftTap.objects.filter(viewer=OuterRef("viewer"), as_somebody=False, session__creator=session.creator_id)
        lives = taps.order_by().values("viewer").annotate(n=Count("session", distinct=True)).values("n")
        thanks = Thanks.objects.filter(
            session=session.pk, gifter=OuterRef("viewer"), as_somebody=OuterRef("as_somebody")
        )
        faces = session.taps.order_by().values("viewer", "as_somebody", "viewer__name", "viewer__avatar")
        gave = faces.annotate(sum=Sum("coins"), gifts=Sum("quantity"), last_gave=Max("created_at"))
        told = gave.annotate(
            lives=Subquery(lives, output_field=IntegerField()), words=Subquery(thanks.values("words")[:1])
        )
        self.rows = told.order_by("-sum", "last_gave", "viewer")

    def count(self):
        """Return how many there are. Two statements."""
        return gifter_count(self.session)

    def __getitem__(self, part):
        return [self._gifter(row) for row in self.rows[part]]

    def _gifter(self, row):
        as_somebody = row["as_somebody"]
        person = User(pk=row["viewer"], name=row["viewer__name"], avatar=row["viewer__avatar"])
        face = face_of(person, self.session.pk, as_somebody)
        lives = None if as_somebody else row["lives"]
        return Gifter(face, row["sum"], row["gifts"], row["last_gave"], lives, row["words"])


def people_behind(session):
    """Return {key of a face: (id of the person, whether as Somebody)} of who gave in a live. For us alone to know."""
    gave = session.taps.order_by().values_list("viewer", "as_somebody").distinct()
    return {key_of(person, session.pk, as_somebody): (person, as_somebody) for person, as_somebody in gave}
