"""The gift catalog: gifts, their prices and offers as dated rows."""

import re
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from people.text.lookalikes import look_alike
from people.text.names import validate_name
from wallet.dated import DatedRow, OfferRow

LARGEST_PRICE_COINS = 1_000_000

ART_DIR = Path(settings.BASE_DIR) / "static" / "gifts"
UPLOADED = re.compile(r"[0-9a-f]{20}\.(svg|webp)")


def art_choices() -> list[tuple[str, str]]:
    """Return the gift art that ships with the site."""
    return [(path.stem, path.stem.replace("-", " ").capitalize()) for path in sorted(ART_DIR.glob("*.svg"))]


def is_uploaded(art: str) -> bool:
    """Return whether art has the name of an upload: the digest of its file."""
    return UPLOADED.fullmatch(art) is not None


def validate_art(art: str) -> None:
    """Refuse a name that neither art of the site nor an upload can have. live.gifts.art asks for the file."""
    if not is_uploaded(art) and art not in dict(art_choices()):
        raise ValidationError(f"No picture is called “{art[:40]}”.")


class Gift(models.Model):
    """An item of the catalog. Its price is a dated row; each tap keeps name, art and price of its moment."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=40, validators=[validate_name])
    art = models.CharField(max_length=40, validators=[validate_art])
    order = models.PositiveIntegerField(
        default=100, validators=[MaxValueValidator(100_000)], help_text="Small comes first."
    )
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on it is out of the tray. What was sent stays as it was."
    )

    # Annotations of live/gifts/catalog.py.
    coins: int
    next_coins: int | None
    next_from: datetime | None
    # Annotation of the admin's list: the cost of a coin.
    coin_micros: int
    # The price and the columns before an import of the catalog.
    coins_before: int | None
    before: dict[str, str | int | None]
    # The id of a tap in the tray of a page without JavaScript.
    tap_id: UUID

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that looks like that of another gift: the tray would show both alike. One query."""
        super().clean()
        others = Gift.objects.exclude(pk=self.pk).values_list("name", flat=True)
        if twin := next((name for name in others if look_alike(name, self.name)), None):
            raise ValidationError({"name": f"It looks like the name of another gift, {twin}. Choose another name."})


class GiftPrice(DatedRow):
    """The price of a gift in coins, from a moment on."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="prices")
    coins = models.BigIntegerField(
        "price in coins", validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PRICE_COINS)]
    )

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["gift", "starts_at"], name="one_gift_price_at_a_time"),
            models.CheckConstraint(
                condition=Q(coins__gte=1, coins__lte=LARGEST_PRICE_COINS), name="gift_price_in_bounds"
            ),
        ]

    @property
    def in_words(self) -> str:
        return f"{self.coins:,} coin{'' if self.coins == 1 else 's'}"

    def __str__(self) -> str:
        return f"{self.gift}: {self.coins:,} coins from {self.starts_at_utc:%d %b %Y %H:%M} UTC"


class GiftOffer(OfferRow):
    """Whether a gift is offered from a moment on: the public history beside `Gift.retired_at`, which taps read."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="offers")

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["gift", "starts_at"], name="one_gift_offer_at_a_time")]

    def __str__(self) -> str:
        return f"{self.gift}: {self.in_words} from {self.starts_at_utc:%d %b %Y %H:%M} UTC"
