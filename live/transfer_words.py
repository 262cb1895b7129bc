"""Transfers of taps and settlements in words, for the viewer's history."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from live.gifts.art import art_url
from live.models import GiftTap, LiveSession
from wallet.history import Words, describes
from wallet.models import Reason


@describes(Reason.GIFT)
def gifts(references: Iterable[UUID]) -> dict[UUID, Words]:
    taps = GiftTap.objects.filter(tap_id__in=references).select_related("session__creator")
    return {
        tap.tap_id: Words(
            text=f"{tap if tap.quantity > 1 else tap.name} to {tap.session.creator} in “{tap.session}”",
            url=reverse("gift-receipt", args=[tap.tap_id]),
            picture=art_url(tap.art),
        )
        for tap in taps
    }


@describes(Reason.SETTLE_DIAMONDS)
def diamonds(references: Iterable[UUID]) -> dict[UUID, Words]:
    return {
        session.pk: Words(text=f"Diamonds from “{session}”", url=reverse("summary", args=[session.pk]))
        for session in LiveSession.objects.filter(pk__in=references)
    }
