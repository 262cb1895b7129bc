"""Dated numbers of payouts: the worth of a diamond, and the limits of withdrawals."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.text.numbers import in_exact_dollars
from wallet.dated import DatedRow

LARGEST_WEEKLY_CENTS = 100_000_000


class DiamondRate(DatedRow):
    """The worth of a diamond, in millionths of a dollar (5,000 = $0.005, half of a coin at $0.01)."""

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

    def __str__(self) -> str:
        return f"{in_exact_dollars(self.micros)} a diamond from {self.starts_at_utc:%d %b %Y}"


class PayoutTerms(DatedRow):
    """The limits of withdrawals: the least of one request, the most of one week, and the amounts that need approval."""

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
    account_wait_hours = models.PositiveIntegerField(
        "hours until a new payout account can be used",
        default=72,
        validators=[MaxValueValidator(720)],
        help_text="Time for the owner to hear of an account that somebody else has added.",
    )
    approval_cents = models.BigIntegerField(
        "above so many cents an operator must approve",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_WEEKLY_CENTS)],
        help_text="Leave empty if no amount needs it.",
    )
    two_people_cents = models.BigIntegerField(
        "above so many cents two operators must approve",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_WEEKLY_CENTS)],
        help_text="Leave empty if no amount needs it.",
    )
    first_needs_approval = models.BooleanField(
        "the first withdrawal of a creator needs approval", default=False, help_text="Until one has been paid."
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
            models.CheckConstraint(
                condition=Q(approval_cents__isnull=True) | Q(approval_cents__gte=0),
                name="approval_cents_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(two_people_cents__isnull=True) | Q(two_people_cents__gte=0),
                name="two_people_cents_not_negative",
            ),
        ]

    def approvals_of(self, cents: int, *, is_first: bool) -> int:
        """Return how many operators must approve a withdrawal of so many cents: 0, 1 or 2."""
        if self.two_people_cents is not None and cents > self.two_people_cents:
            return 2
        above = self.approval_cents is not None and cents > self.approval_cents
        return int(above or (is_first and self.first_needs_approval))

    def __str__(self) -> str:
        limits = f"${self.minimum_cents / 100:,.2f} to ${self.weekly_cents / 100:,.2f} a week"
        return f"{limits} from {self.starts_at_utc:%d %b %Y}"
