"""The age that buying coins and being paid out need, and who has declared or proved that they have reached it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from wallet.dated import DatedRow

LOWEST_AGE, HIGHEST_AGE = 13, 99


class AgeTerms(DatedRow):
    """The age from which people may buy coins and be paid out, in years."""

    least_age = models.PositiveSmallIntegerField(
        "years",
        validators=[MinValueValidator(LOWEST_AGE), MaxValueValidator(HIGHEST_AGE)],
        help_text="Whoever has declared a lower age is asked again at their next recharge or payout account.",
    )

    class Meta(DatedRow.Meta):
        abstract = False
        verbose_name_plural = "age terms"
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="one_age_terms_at_a_time"),
            models.CheckConstraint(
                condition=Q(least_age__gte=LOWEST_AGE, least_age__lte=HIGHEST_AGE), name="least_age_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least_age} years from {self.starts_at_utc:%d %b %Y}"


class AgeDeclaration(models.Model):
    """A person has reached an age: since when that is known, under which terms, and by which provider. Never edited."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="age_declarations")
    age = models.PositiveSmallIntegerField(help_text="The age that was stated, in years.")
    terms = models.ForeignKey(AgeTerms, models.PROTECT, related_name="declarations")
    provider = models.CharField(max_length=40)
    reference = models.CharField("provider's id of the proof", max_length=80, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-age"]
        constraints = [
            models.UniqueConstraint(fields=["person", "age"], name="age_declared_once"),
            models.CheckConstraint(
                condition=Q(age__gte=LOWEST_AGE, age__lte=HIGHEST_AGE), name="declared_age_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.age} or older"
