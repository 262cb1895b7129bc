"""Services that the platform has approved for sending money, and each creator's accounts with them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_countries.fields import CountryField


class PayoutService(models.Model):
    """A service that the platform has approved for sending money, and the countries it is available in."""

    class Receiver(models.TextChoices):
        EMAIL = "email", "E-mail address"
        IBAN = "iban", "IBAN"
        PHONE = "phone", "Phone number"

    slug = models.SlugField(unique=True, max_length=20)
    name = models.CharField(max_length=40)
    countries: Any = CountryField(multiple=True, blank=True, help_text="Leave empty if it is available everywhere.")
    is_approved = models.BooleanField("approved", default=True)
    receiver_kind = models.CharField(
        "receivers are named by their", max_length=10, choices=Receiver, default=Receiver.EMAIL
    )
    fee_note = models.CharField(max_length=120, blank=True, help_text="What the service may charge by itself.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver_kind__in=["email", "iban", "phone"]), name="receiver_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_available_in(self, country_code: str) -> bool:
        """Say whether the service is approved and available in the country (ISO 3166 alpha-2)."""
        return self.is_approved and (not self.countries or country_code in {country.code for country in self.countries})


class PayoutAccount(models.Model):
    """A receiver of a creator's money. Replaced, not edited: a withdrawal keeps the account it was sent to."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payout_accounts")
    service = models.ForeignKey(PayoutService, models.PROTECT, related_name="accounts")
    # A Country with `code` and `name`; django-countries has no types.
    country: Any = CountryField()
    receiver = models.CharField("receiver", max_length=254)
    # The owner's name for it, and the visible part of the receiver. Together they tell the owner's accounts apart.
    label = models.CharField("name", max_length=30, blank=True, default="")
    look = models.CharField(max_length=260, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    # A new account waits, so that its owner gets a mail about it before money goes there.
    usable_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "service", "receiver"],
                condition=Q(removed_at__isnull=True),
                name="payout_account_once_per_receiver",
            ),
            models.UniqueConstraint(
                fields=["owner", "service", "country", "look", "label"],
                condition=Q(removed_at__isnull=True),
                name="payout_accounts_told_apart",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.place} · {self.country.name}"

    def save(self, *args: Any, **options: Any) -> None:
        if self._state.adding:
            self.look = self.masked_receiver
        super().save(*args, **options)

    @property
    def place(self) -> str:
        """The owner's name for it, if it has one, and the masked receiver: Band · c•••@example.com."""
        return " · ".join(filter(None, [self.label, self.masked_receiver]))

    def is_usable(self, now: datetime | None = None) -> bool:
        """Say whether money may go there: not removed, and its waiting time is over."""
        return self.removed_at is None and self.usable_at <= (now or timezone.now())

    @property
    def masked_receiver(self) -> str:
        """The receiver, mostly hidden: c•••@example.com; PT•• •••• 0154 of an IBAN; +254 •••• 78 of a phone number."""
        return masked(self.receiver)


def masked(receiver: str) -> str:
    """Return a receiver with most of it hidden."""
    name, _, host = receiver.partition("@")
    if host:
        return f"{name[:1]}•••@{host}"
    if receiver.startswith("+"):
        return f"{receiver[:4]} •••• {receiver[-2:]}"
    return f"{receiver[:2]}•• •••• {receiver[-4:]}"
