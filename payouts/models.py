"""Diamonds into money: dated rates and terms, payout accounts, quotes and withdrawals."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_countries.fields import CountryField

from wallet.dated import DatedRow

LARGEST_WEEKLY_CENTS = 100_000_000


class DiamondRate(DatedRow):
    """What a diamond is worth, in millionths of a dollar (5,000 = $0.005, half of a coin at $0.01)."""

    micros = models.BigIntegerField(
        "millionths of a dollar per diamond",
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="5,000 is half a cent.",
    )

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="one_diamond_rate_at_a_time"),
            models.CheckConstraint(condition=Q(micros__gte=1, micros__lte=1_000_000), name="diamond_rate_in_bounds"),
        ]

    def __str__(self):
        return f"${self.micros / 1_000_000:.6f} a diamond from {self.starts_at_utc:%d %b %Y}"


class PayoutTerms(DatedRow):
    """The limits of withdrawals: the least of one request, the most of one week, how long a quote holds."""

    minimum_cents = models.BigIntegerField(
        "minimum of one withdrawal, in cents",
        validators=[MinValueValidator(100), MaxValueValidator(LARGEST_WEEKLY_CENTS)],
    )
    weekly_cents = models.BigIntegerField(
        "maximum of one week, in cents",
        validators=[MinValueValidator(100), MaxValueValidator(LARGEST_WEEKLY_CENTS)],
    )
    quote_seconds = models.PositiveIntegerField(
        "seconds a quote holds", default=60, validators=[MinValueValidator(10), MaxValueValidator(3600)]
    )
    arrival_days = models.PositiveIntegerField(
        "days until the money arrives", default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    class Meta(DatedRow.Meta):
        abstract = False
        verbose_name_plural = "payout terms"
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="one_payout_terms_at_a_time"),
            models.CheckConstraint(
                condition=Q(minimum_cents__gte=100, weekly_cents__lte=LARGEST_WEEKLY_CENTS)
                & Q(minimum_cents__lte=F("weekly_cents")),
                name="payout_terms_in_bounds",
                violation_error_message="The minimum can't be above the maximum of a week.",
            ),
        ]

    def __str__(self):
        limits = f"${self.minimum_cents / 100:,.2f} to ${self.weekly_cents / 100:,.2f} a week"
        return f"{limits} from {self.starts_at_utc:%d %b %Y}"


class PayoutService(models.Model):
    """A service that the platform has approved for sending money, and the countries it is available in."""

    slug = models.SlugField(unique=True, max_length=20)
    name = models.CharField(max_length=40)
    countries = CountryField(multiple=True, blank=True, help_text="Leave empty if it is available everywhere.")
    is_approved = models.BooleanField("approved", default=True)
    fee_note = models.CharField(max_length=120, blank=True, help_text="What the service may charge by itself.")

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def is_available_in(self, country_code):
        """Say whether the service is approved and available in the country (ISO 3166 alpha-2)."""
        return self.is_approved and (not self.countries or country_code in {country.code for country in self.countries})


class PayoutAccount(models.Model):
    """Where a creator's money goes. Replaced, not edited: a withdrawal keeps the account it was sent to."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payout_accounts")
    service = models.ForeignKey(PayoutService, models.PROTECT, related_name="accounts")
    country = CountryField()
    receiver = models.CharField("e-mail address of the account", max_length=254)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "service", "receiver"],
                condition=Q(removed_at__isnull=True),
                name="payout_account_once_per_receiver",
            )
        ]

    def __str__(self):
        return f"{self.service} · {self.masked_receiver} · {self.country.name}"

    @property
    def masked_receiver(self):
        """The receiver with all but the first letter before the @ hidden: c•••@example.com."""
        name, _, host = self.receiver.partition("@")
        return f"{name[:1]}•••@{host}" if host else f"•••{self.receiver[-2:]}"


class WeeklyAllowance(models.Model):
    """What one creator has asked for in one ISO week (its Monday, in UTC). The CHECK keeps the weekly maximum."""

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

    def __str__(self):
        return f"{self.creator}, week of {self.week}: {self.used_cents} of {self.limit_cents} cents"


class Quote(models.Model):
    """What a withdrawal would be, frozen: dollars, diamonds, rate, account. Used once, by its owner, in time."""

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

    def __str__(self):
        return f"{self.cents} cents for {self.diamonds} diamonds"


class Withdrawal(models.Model):
    """Diamonds on their way into money. Rate, diamonds and cents are those of its quote."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Requested"
        SENT = "sent", "On the way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        RETURNED = "returned", "Returned"
        CANCELLED = "cancelled", "Cancelled"

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
    requested_at = models.DateTimeField(default=timezone.now)
    arrives_by = models.DateField()
    # When a worker last took it up; another worker leaves it alone for a while.
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["status"], condition=Q(status__in=["requested", "sent"]), name="open_withdrawals")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gte=1, diamonds__gte=1, rate_micros__gte=1), name="withdrawal_positive"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "sent", "paid", "failed", "returned", "cancelled"]),
                name="withdrawal_status_known",
            ),
        ]

    def __str__(self):
        return f"${self.cents / 100:,.2f} to {self.account.service}"

    @property
    def is_open(self):
        return self.status in self.OPEN

    @property
    def can_be_cancelled(self):
        """Until a worker takes it up: from then on the provider may have it."""
        return self.status == self.Status.REQUESTED and self.taken_at is None

    @property
    def is_late(self):
        return self.is_open and timezone.now().date() > self.arrives_by

    @property
    def place(self):
        """Where it is, in one word that changes whenever its tracker has something new to say."""
        return "asked" if self.status == self.Status.REQUESTED and self.taken_at else self.status


class WithdrawalStep(models.Model):
    """When a withdrawal changed its status, who did it and why. Once per status, whatever is reported twice."""

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=Withdrawal.Status)
    by = models.CharField(max_length=40)
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["withdrawal", "status"], name="withdrawal_step_once")]

    def __str__(self):
        return f"{self.get_status_display()}: {self.why}"
