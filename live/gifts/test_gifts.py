"""Test gifts: a creator sees what a gift looks like, without coins, points or a viewer's name."""

from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from live.gifts.catalog import with_prices
from live.models import Creator, Gift, LiveSession, TestGift
from people.refusals import TooMany

MOST_A_MINUTE = 20
# Older rows are never read.
KEPT = timedelta(hours=1)
# A room's board includes a test gift for this long; each page shows it once.
SHOWN = timedelta(seconds=10)


class TooManyTestGifts(TooMany):
    """The creator has sent MOST_A_MINUTE within the last minute."""

    retry_after = 60


def shown_now(session: LiveSession) -> QuerySet[TestGift]:
    """Return the test gifts of a live that its room shows at the moment, each with `price`. One query."""
    price = with_prices(Gift.objects.filter(pk=OuterRef("gift"))).values("coins")  # type: ignore[misc]
    lately = session.test_gifts.filter(created_at__gt=timezone.now() - SHOWN).select_related("gift")
    return lately.annotate(price=Coalesce(Subquery(price), 1))[:MOST_A_MINUTE]  # type: ignore[no-redef]


def send_test_gift(creator: Creator, gift: Gift) -> TestGift:
    """Show a gift where the creator's gifts are shown: in the running live and the overlay; return the TestGift.

    Every page marks it as a test, and the books don't contain it. Before a live it reaches the overlay alone.
    """
    now = timezone.now()
    if creator.test_gifts.filter(created_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
        raise TooManyTestGifts(f"At most {MOST_A_MINUTE} test gifts a minute. The next one can go in a minute.")
    creator.test_gifts.filter(created_at__lt=now - KEPT).delete()
    session = creator.sessions.filter(ended_at=None).first()
    return TestGift.objects.create(creator=creator, session=session, gift=gift, created_at=now)
