"""The checkout of a recharge on the provider's own site: where it is, and the provider's last answer about it."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

# A viewer pays within minutes. Later answers are rare: a bank takes days, and events tell of them sooner.
FRESH_FOR = timedelta(minutes=10)
AT_ONCE, SOON = timedelta(seconds=5), timedelta(seconds=30)
LATER, RARELY = timedelta(minutes=10), timedelta(hours=1)


class CheckoutQuerySet(models.QuerySet["Checkout"]):
    """Checkouts by what the provider and the workers have done with them. `now` is the moment of the round."""

    def due_to_ask(self, now: datetime) -> Self:
        """Filter those to ask the provider about. One without a reference was never shown to anybody."""
        due = self._with_news(now) | self._fresh(now) | self._open(now) | self._undecided(now)
        return due.exclude(reference="")

    def _asked_before(self, moment: datetime) -> Self:
        return self.filter(Q(asked_at=None) | Q(asked_at__lt=moment))

    def _with_news(self, now: datetime) -> Self:
        """Filter those with an event: at once, and after a call without an answer in half a minute."""
        news = self.filter(ask_now=True)
        return news.filter(trouble="")._asked_before(now - AT_ONCE) | news._asked_before(now - SOON)

    def _fresh(self, now: datetime) -> Self:
        return self.filter(state=Checkout.State.OPEN, opened_at__gt=now - FRESH_FOR)._asked_before(now - SOON)

    def _open(self, now: datetime) -> Self:
        return self.filter(state=Checkout.State.OPEN)._asked_before(now - LATER)

    def _undecided(self, now: datetime) -> Self:
        """Filter those whose money is on its way, and those with an answer that no rule covers."""
        states = [Checkout.State.ON_ITS_WAY, Checkout.State.UNCLEAR]
        return self.filter(state__in=states)._asked_before(now - RARELY)


class Checkout(models.Model):
    """The checkout of one recharge. Workers overwrite all of it but the recharge and `is_live`."""

    class State(models.TextChoices):
        OPEN = "open", "Not paid yet"
        ON_ITS_WAY = "on-its-way", "The money is on its way"
        PAID = "paid", "Paid"
        DECLINED = "declined", "Not paid"
        UNCLEAR = "unclear", "Unclear"

    # Annotated where an operator reads how many there are.
    all_count: int
    recharge = models.OneToOneField("wallet.Recharge", models.PROTECT, primary_key=True, related_name="checkout")
    is_live = models.BooleanField("real money", help_text="Else a test of the provider's, which costs nothing.")
    reference = models.CharField("provider's id of it", max_length=255, blank=True)
    url = models.CharField("address", max_length=2000, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    ask_now = models.BooleanField(default=False)
    trouble = models.CharField(max_length=200, blank=True, help_text="Why the last call had no usable answer.")
    attention = models.CharField(max_length=200, blank=True, help_text="Why an operator must look.")

    objects = CheckoutQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=~Q(state__in=["paid", "declined"]), name="undecided_checkouts"),
            models.Index(fields=["recharge"], condition=~Q(attention=""), name="checkouts_to_look_at"),
            models.Index(fields=["recharge"], condition=Q(ask_now=True), name="checkouts_with_news"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "on-its-way", "paid", "declined", "unclear"]),
                name="checkout_state_known",
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="checkout_reference_of_one_recharge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.reference or 'not opened'}"
