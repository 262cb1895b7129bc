"""Requests to the viewer's pages, and their texts."""

from uuid import uuid4

from wallet.models import PaymentEvent, Recharge, RechargeStep, Transfer

START = "/wallet/recharge/"


def read(client, user, url="/wallet/", **options):
    client.force_login(user)
    response = client.get(url, **options)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def words(response):
    return " ".join(response.content.decode().split())


def choice(**changes):
    return {"package": "coins-500", "method": "card", "recharge_id": str(uuid4())} | changes


def page_of(recharge, next_=""):
    return f"{START}{recharge.pk}/{next_}"


def everything():
    """Return every row that the wallet's pages could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Recharge, RechargeStep, PaymentEvent, Transfer)]
