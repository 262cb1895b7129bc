"""Taps as a browser posts them."""

from uuid import uuid4

from django.urls import reverse

from live.models import GiftTap
from tests.htmx import HTMX
from wallet.models import Transfer


def press(web, live, *, htmx=True, **fields):
    fields = {"gift": "panda", "quantity": 1, "price": 5, "tap_id": uuid4(), **fields}
    headers = HTMX if htmx else {}
    return web.post(reverse("tap", args=[live.pk]), fields, headers=headers)


def state():
    return GiftTap.objects.count(), Transfer.objects.count()
