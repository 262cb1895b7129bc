"""Outcome of a live: new followers, first-timers and comments, and a comparison with the live before."""

from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from live.comments.comments import shown_comments
from live.models import Comment, Follow, GifterTally, LiveSession, Supporter
from live.totals import stats
from payouts.worth import diamonds_to_cents


class Compared(NamedTuple):
    """A number of a live and of the one before, both in a `unit`: "" for a count, cents, tenths or minutes."""

    label: str
    now: int
    before: int
    unit: str = ""

    @property
    def more(self) -> int:
        return self.now - self.before


def with_outcome(sessions: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    """Annotate ended lives with `new_followers`, `first_timers` and `comment_count`. No extra query."""
    return sessions.annotate(  # type: ignore[no-redef]
        new_followers=_count(_follows(), "creator"),
        first_timers=_count(_first_gifts(), "session"),
        comment_count=_count(_comments(), "session"),
    )


def outcome_before(session: LiveSession) -> LiveSession | None:
    """Return the creator's ended live before this one, with its outcome and settlement; None for the first."""
    return with_outcome(stats.sessions_before(session)).first()


def compare(session: LiveSession, before: LiveSession | None) -> list[Compared]:
    """Return the numbers of two lives, both with outcomes, side by side; an empty list without a live before."""
    if before is None:
        return []
    return [
        Compared(label, now, then, unit)
        for (label, unit, now), (_, _, then) in zip(_numbers(session), _numbers(before), strict=True)
    ]


def _numbers(session: LiveSession) -> list[tuple[str, str, int]]:
    """Return the numbers of an ended live: (label, unit, number)."""
    assert session.ended_at is not None, "only an ended live has an outcome"
    settled = session.settlement
    return [
        ("Gifts", "", settled.gifts),
        ("Gifters", "", settled.gifters),
        ("Gave for the first time", "", session.first_timers),
        ("Points", "", settled.points),
        ("Dollars", "cents", diamonds_to_cents(settled.diamonds, settled.rate_micros)),
        ("Gifts a minute", "tenths", stats.tenths_a_minute(session, settled.gifts)),
        ("New followers", "", session.new_followers),
        ("Most watching", "", session.peak_viewers),
        ("Comments", "", session.comment_count),
        ("Live for", "minutes", stats.whole_minutes(session.started_at, session.ended_at)),
    ]


def _follows() -> QuerySet[Follow]:
    """Return the follows that began during the live of a row."""
    since = Follow.objects.filter(creator=OuterRef("creator"), created_at__gte=OuterRef("started_at"))
    return since.filter(created_at__lte=OuterRef("ended_at"))


def _first_gifts() -> QuerySet[GifterTally]:
    """Return the gifters by name of the live of a row who never gave to its creator before.

    Match the exact moment of the supporter's first gift: clocks of servers differ, so start and end don't bound it.
    """
    first = Supporter.objects.filter(
        creator=OuterRef("session__creator"), viewer=OuterRef("viewer"), first_gave_at=OuterRef("first_gave_at")
    )
    return GifterTally.objects.filter(Exists(first), session=OuterRef("pk"), as_somebody=False)


def _comments() -> QuerySet[Comment]:
    """Return the shown comments of viewers in the live of a row."""
    return shown_comments().filter(session=OuterRef("pk")).exclude(author=F("session__creator"))


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
