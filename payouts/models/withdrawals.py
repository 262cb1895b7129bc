"""Withdrawals with their quotes, steps and provider's reports, and the weeks that they count in."""

import uuid
from datetime import datetime
from math import ceil

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payouts.models.accounts import PayoutAccount
from payouts.models.due import RESEND_WITHIN, WithdrawalQuerySet
from payouts.models.terms import DiamondRate


class WeeklyAllowance(models.Model):
    """The cents that a creator has requested in an ISO week (its Monday, UTC). The CHECK keeps the weekly maximum."""

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="weekly_allowances")
    week = models.DateField(help_text="The Monday on which the week starts, in UTC.")
    used_cents = models.BigIntegerField(default=0)
    limit_cents = models.BigIntegerField()

    class Meta:
        ordering = ["-week"]
        constraints = [
            models.UniqueConstraint(fields=["creator", "week"], name="one_allowance_per_creator_and_week"),
            models.CheckConstraint(
                condition=Q(used_cents__gte=0, used_cents__lte=F("limit_cents")), name="weekly_maximum_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator}, week of {self.week}: {self.used_cents} of {self.limit_cents} cents"


class Quote(models.Model):
    """An offer for a withdrawal: dollars, diamonds, rate, account. Its owner may use it once, before it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="quotes")
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="quotes")
    rate = models.ForeignKey(DiamondRate, models.PROTECT, related_name="quotes")
    cents = models.BigIntegerField()
    diamonds = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["expires_at"], name="quotes_by_expiry")]
        constraints = [models.CheckConstraint(condition=Q(cents__gte=1, diamonds__gte=1), name="quote_positive")]

    def __str__(self) -> str:
        return f"{self.cents} cents for {self.diamonds} diamonds"

    @property
    def confirmed(self) -> "Withdrawal | None":
        """The Withdrawal of this quote; None until it is confirmed."""
        return getattr(self, "withdrawal", None)

    def is_over(self, now: datetime | None = None) -> bool:
        """Return whether the quote has expired: it is valid until just before `expires_at`."""
        return self.expires_at <= (now or timezone.now())

    @property
    def seconds_left(self) -> int:
        """The seconds until the quote expires, rounded up."""
        return max(0, ceil((self.expires_at - timezone.now()).total_seconds()))


class Withdrawal(models.Model):
    """Diamonds on their way into money. Rate, diamonds and cents are those of its quote."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Requested"
        SENT = "sent", "On the way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        RETURNED = "returned", "Returned"
        CANCELLED = "cancelled", "Cancelled"

    class Attention(models.TextChoices):
        """The reason for which a withdrawal waits for a person; empty if it doesn't."""

        NONE = "", "Nobody"
        APPROVAL = "approval", "Approval"
        UNKNOWN_STATUS = "unknown-status", "A status we don't know"
        UNANSWERED = "unanswered", "No final answer for too long"
        CONTRADICTION = "contradiction", "The provider contradicts the books"

    OPEN = (Status.REQUESTED, Status.SENT)
    GIVEN_BACK = (Status.FAILED, Status.RETURNED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="withdrawal")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="withdrawals")
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="withdrawals")
    provider = models.CharField(max_length=20)
    cents = models.BigIntegerField()
    diamonds = models.BigIntegerField()
    rate_micros = models.BigIntegerField()
    week = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    provider_reference = models.CharField(max_length=80, blank=True)
    # The provider's own id of the item, its own status, and the error of the last look-up.
    provider_item = models.CharField(max_length=80, blank=True)
    provider_status = models.CharField(max_length=40, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    attention = models.CharField("waits for", max_length=20, choices=Attention, blank=True, default=Attention.NONE)
    attention_why = models.CharField(max_length=200, blank=True)
    approvals_needed = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    arrives_by = models.DateField()
    # The moment a worker last took it up. Other workers skip it during the lease.
    taken_at = models.DateTimeField(null=True, blank=True)
    # The moment of the first send(). Providers forget ids 30 days after it.
    first_sent_at = models.DateTimeField(null=True, blank=True)
    # A webhook or an operator asked for a look-up: the worker makes it at once, in any status.
    ask_now = models.BooleanField(default=False)

    # An annotation of the checks of the books.
    approved_at: datetime | None
    # One line about where an open withdrawal stands; the list of withdrawals sets it.
    in_short: str
    # Annotations of the operator's front page: of all withdrawals that wait.
    all_count: int
    all_cents: int

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["status"], condition=Q(status__in=["requested", "sent"]), name="open_withdrawals"),
            models.Index(fields=["requested_at"], condition=~Q(attention=""), name="withdrawals_for_a_person"),
            models.Index(fields=["taken_at"], condition=Q(ask_now=True), name="withdrawals_to_ask_now"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gte=1, diamonds__gte=1, rate_micros__gte=1), name="withdrawal_positive"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "sent", "paid", "failed", "returned", "cancelled"]),
                name="withdrawal_status_known",
            ),
            models.CheckConstraint(
                condition=Q(attention__in=["", "approval", "unknown-status", "unanswered", "contradiction"]),
                name="withdrawal_attention_known",
            ),
            models.CheckConstraint(condition=Q(approvals_needed__lte=2), name="withdrawal_approvals_in_bounds"),
            # A withdrawal that waits for an approval was never sent.
            models.CheckConstraint(
                condition=~Q(attention="approval") | Q(status="requested", first_sent_at__isnull=True),
                name="withdrawal_approved_before_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"${self.cents / 100:,.2f} to {self.account.service}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def can_be_cancelled(self) -> bool:
        """Return whether no worker has taken it up: from then on the provider may have it."""
        return self.status == self.Status.REQUESTED and self.taken_at is None

    @property
    def waits_for_approval(self) -> bool:
        return self.attention == self.Attention.APPROVAL

    @property
    def is_unnamed(self) -> bool:
        """Say whether the provider can't look it up, only be sent it again: it has no reference and no item yet."""
        return self.status == self.Status.REQUESTED and not (self.provider_reference or self.provider_item)

    def may_be_resent(self, now: datetime) -> bool:
        """Say whether the same id, sent again now, still pays at most once."""
        return self.first_sent_at is None or self.first_sent_at > now - RESEND_WITHIN


class WithdrawalStep(models.Model):
    """A change of status: its moment, author and reason. Unique per status, so a repeated report adds none."""

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=Withdrawal.Status)
    by = models.CharField(max_length=40)
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["withdrawal", "status"], name="withdrawal_step_once")]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.why}"


class WithdrawalApproval(models.Model):
    """An operator's approval of a withdrawal. Once per operator; never edited."""

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["withdrawal", "by"], name="one_approval_per_operator")]

    def __str__(self) -> str:
        return f"{self.by}: {self.why}"


class ProviderReport(models.Model):
    """A new answer of a provider about a withdrawal: its own status, the money, its own fee. Repeats aren't kept.

    `event` is the id of a webhook, each kept once; empty for an answer to a call.
    """

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="reports")
    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=40)
    cents = models.BigIntegerField(null=True, blank=True)
    fee_cents = models.BigIntegerField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["at"], condition=Q(fee_cents__isnull=False), name="reports_with_a_fee"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], condition=~Q(event=""), name="provider_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.status}"


class ProviderHour(models.Model):
    """The calls to a payout provider in one hour (UTC), those without a usable answer, and the last answer."""

    provider = models.CharField(max_length=20)
    hour = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="Calls without a usable answer.")
    answered_at = models.DateTimeField("last answer", null=True)
    failed_at = models.DateTimeField("last failure", null=True)
    trouble = models.CharField("of the last failure", max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-hour", "provider"]
        constraints = [models.UniqueConstraint(fields=["provider", "hour"], name="one_row_per_provider_and_hour")]

    def __str__(self) -> str:
        return f"{self.provider}, {self.hour:%-d %b %Y, %H:00} UTC"
