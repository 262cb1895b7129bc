"""Vera's recharges and gifts, and Cleo's lives, for pages that follow the money."""

from uuid import uuid4

from tests.factories import make_creator, make_session, tap
from tests.payouts.earning import nobody_needs_followers
from tests.wallet.test_lots import buy


def cleo_live(creator=None, title="Strings by request"):
    nobody_needs_followers()
    return make_session(creator or make_creator(followers=0), title=title)


def give(viewer, session, gift="panda", quantity=1):
    """Tap a gift; return the tap."""
    tap_id = uuid4()
    tap(viewer, session, gift_slug=gift, quantity=quantity, tap_id=tap_id)
    return viewer.taps.get(tap_id=tap_id)


def read(client, person, address, status=200, **query):
    client.force_login(person)
    response = client.get(address, query)
    assert response.status_code == status, address
    return " ".join(response.content.decode().split())


__all__ = ["buy", "cleo_live", "give", "read"]
