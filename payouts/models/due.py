"""Withdrawals that are due: each condition over several columns is a method of the queryset, with a name.

`Withdrawal.is_unnamed` and `Withdrawal.may_be_resent()` say the same of one row in memory.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from payouts.models.withdrawals import Withdrawal  # noqa: F401 (named in a string)

# A provider answers most payouts within seconds. Slower ones wait for a person or a bank: asking often is useless.
FRESH_FOR = timedelta(minutes=10)
HALF_AN_HOUR = timedelta(minutes=30)
# Providers forget ids after 30 days. A resend after that could be paid a second time.
RESEND_WITHIN = timedelta(days=29)
# Unclaimed money comes back after 30 days, so by now the withdrawal should be paid or returned.
CONCLUDED_WITHIN = timedelta(days=35)
# A paid withdrawal may still come back. The provider is asked once a day, for so long.
PAID_COMES_BACK_WITHIN = timedelta(days=45)
A_DAY = timedelta(days=1)


def lease() -> timedelta:
    """Return for how long a withdrawal belongs to the worker that took it up, even if that worker died."""
    return timedelta(seconds=settings.PAYOUT_LEASE_SECONDS)


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    """Withdrawals by what the provider and the workers have done with them. `now` is the moment of the round."""

    # --- Parts ------------------------------------------------------------------------------------

    def unnamed(self) -> Self:
        """Filter the requested ones without a reference or an item: the provider can't look them up."""
        return self.filter(status="requested", provider_reference="", provider_item="")

    def named(self) -> Self:
        """Filter those that the provider can look up: all but the unnamed ones."""
        return self.exclude(status="requested", provider_reference="", provider_item="")

    def may_be_resent(self, now: datetime) -> Self:
        """Filter those whose id, sent again, still pays at most once: never sent, or first sent within 29 days."""
        return self.filter(Q(first_sent_at=None) | Q(first_sent_at__gt=now - RESEND_WITHIN))

    def fresh(self, now: datetime) -> Self:
        """Filter those that were never sent, or first sent within 10 minutes."""
        return self.filter(Q(first_sent_at=None) | Q(first_sent_at__gt=now - FRESH_FOR))

    def taken_before(self, moment: datetime) -> Self:
        """Filter those that a worker last took up before the moment. Withdrawals never taken up aren't included."""
        return self.filter(taken_at__lt=moment)

    def rested(self, now: datetime) -> Self:
        """Filter those whose retry is due: after the lease while they are fresh, after half an hour from then on."""
        older = self.filter(first_sent_at__lte=now - FRESH_FOR).taken_before(now - max(lease(), HALF_AN_HOUR))
        return self.fresh(now).taken_before(now - lease()) | older

    # --- What is due ------------------------------------------------------------------------------

    def due_to_send(self, now: datetime) -> Self:
        """Filter the requested ones that wait for no person and were never taken up, or by a worker that died.

        The latter are sent again with the same id, within 29 days.
        """
        requested = self.filter(status="requested", attention="")
        return requested.filter(taken_at=None) | requested.rested(now).may_be_resent(now)

    def due_to_look_up(self, now: datetime) -> Self:
        """Filter those to ask the provider about, at most once in PAYOUT_ASK_SECONDS each."""
        due = self._on_the_way(now) | self._in_an_unknown_status(now) | self._with_news(now)
        return due & self.filter(
            Q(taken_at=None) | Q(taken_at__lt=now - timedelta(seconds=settings.PAYOUT_ASK_SECONDS))
        )

    def due_to_reconcile(self, now: datetime) -> Self:
        """Filter the paid ones of the last 45 days that weren't looked up within a day: they may have come back."""
        paid = self.filter(status="paid", requested_at__gt=now - PAID_COMES_BACK_WITHIN)
        return paid.filter(Q(taken_at=None) | Q(taken_at__lt=now - A_DAY))

    def _on_the_way(self, now: datetime) -> Self:
        """Filter the sent ones, however old: after 10 minutes only every half an hour."""
        sent = self.filter(status="sent")
        return sent.fresh(now) | sent.taken_before(now - HALF_AN_HOUR)

    def _in_an_unknown_status(self, now: datetime) -> Self:
        """Filter those that the provider has, but first answered with a status without a rule: every half an hour."""
        unknown = self.filter(status="requested", attention="unknown-status")
        return unknown.named().taken_before(now - HALF_AN_HOUR)

    def _with_news(self, now: datetime) -> Self:
        """Filter those with an event or an operator's request to ask now.

        An unnamed one is sent again instead, once the lease is over. A closed one without an answer is asked once
        in a lease, so that it isn't asked every few seconds for ever.
        """
        news = self.filter(ask_now=True, first_sent_at__isnull=False)
        askable = news.named() | news.unnamed().taken_before(now - lease()).may_be_resent(now)
        is_open, answered = Q(status__in=["requested", "sent"]), Q(trouble="")
        return askable.filter(is_open | answered | Q(taken_at__lt=now - lease()))

    # --- What no retry concludes --------------------------------------------------------------------

    def silent_too_long(self, now: datetime) -> Self:
        """Filter the requested ones that were sent, got no usable answer, and are too old to be sent again."""
        return self.filter(status="requested", attention="", first_sent_at__lte=now - RESEND_WITHIN)

    def on_the_way_too_long(self, now: datetime) -> Self:
        """Filter the sent ones that were first sent 35 days ago or more."""
        return self.filter(status="sent", attention="", first_sent_at__lte=now - CONCLUDED_WITHIN)
