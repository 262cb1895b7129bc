"""The dated terms of recharges."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from wallet.dated import DatedRow

LARGEST_EXACT_COINS = 1_000_000


class RechargeTerms(DatedRow):
    """The least and the most coins of an exact amount, which is bought at face value, without a package."""

    exact_from_coins = models.PositiveIntegerField(
        "least of an exact amount, in coins",
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_EXACT_COINS)],
        help_text="Providers take a part of each payment, and none below about 50 cents.",
    )
    exact_to_coins = models.PositiveIntegerField(
        "most of an exact amount, in coins",
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_EXACT_COINS)],
    )

    class Meta(DatedRow.Meta):
        abstract = False
        verbose_name_plural = "recharge terms"
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="one_recharge_terms_at_a_time"),
            models.CheckConstraint(
                condition=Q(exact_from_coins__gte=1, exact_to_coins__lte=LARGEST_EXACT_COINS)
                & Q(exact_from_coins__lte=F("exact_to_coins")),
                name="recharge_terms_in_bounds",
                violation_error_message="The least can't be above the most.",
            ),
        ]

    @property
    def in_words(self) -> str:
        return f"{self.exact_from_coins:,} to {self.exact_to_coins:,} coins"

    def __str__(self) -> str:
        return f"exact amounts of {self.in_words} from {self.starts_at_utc:%d %b %Y}"
