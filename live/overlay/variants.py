"""Variants: alerts that differ from a value on, in text, time and sound."""

from django.db import transaction

from live.models import AlertVariant, Creator, Overlay
from people.refusals import Refusal

MOST_VARIANTS = 5


def variants_of(overlay: Overlay) -> list[AlertVariant]:
    """Return the variants of an overlay, from the lowest value up. One query."""
    return list(AlertVariant.objects.filter(overlay=overlay.pk).order_by("from_coins"))


@transaction.atomic
def save_variant(creator: Creator, *, from_coins: int, text: str, seconds: int, sound: str) -> AlertVariant:
    """Set how alerts look and sound from a value on; another one from the same value is replaced.

    Raise Refusal above MOST_VARIANTS.
    """
    overlay = Overlay.objects.get_or_create(creator=creator)[0]
    # Lock the overlay's row: two requests at once could otherwise both pass the limit.
    Overlay.objects.select_for_update().get(pk=overlay.pk)
    others = overlay.variants.exclude(from_coins=from_coins).count()
    if others >= MOST_VARIANTS:
        raise Refusal(f"At most {MOST_VARIANTS} variants. Remove one first.")
    changed = {"text": text, "seconds": seconds, "sound": sound}
    return overlay.variants.update_or_create(from_coins=from_coins, defaults=changed)[0]


def remove_variant(creator: Creator, from_coins: int) -> None:
    """Remove a variant; a repeat changes nothing."""
    AlertVariant.objects.filter(overlay=creator.pk, from_coins=from_coins).delete()
