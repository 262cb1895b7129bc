"""Queries of the pages that follow the money: their number is the same, however long the chain."""

import pytest

from live.sessions.sessions import end_session
from tests.factories import make_creator, make_user
from tests.live.tracing.following import buy, cleo_live, give
from tests.operator import make_operator
from tests.payouts.earning import withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 3], ids=["short", "long"])
def chain(request):
    """Vera buys, gives in that many lives as often, and Cleo withdraws it; return what the addresses name."""
    vera, creator = make_user(), make_creator(followers=0)
    recharge = buy(vera, 60_000)
    for number in range(request.param):
        session = cleo_live(creator, f"Live {number}")
        for _ in range(request.param):
            give(vera, session, "drama-queen", 4 // request.param)
        end_session(session, by="creator")
    if request.param == 3:
        give(vera, cleo_live(make_creator("Nova", followers=0)), "supernova")
    first, tap = creator.sessions.earliest("started_at"), vera.taps.earliest("id")
    withdrawal = withdraw(creator.user, 100_00 if request.param == 1 else 150_00)
    return {
        "vera": vera, "cleo": creator.user, "otto": make_operator(), "recharge": recharge.pk, "live": first.pk,
        "tap": tap.tap_id, "withdrawal": withdrawal.pk,
    }  # fmt: skip


PAGES = [
    ("vera", "/wallet/purchases/", 7),
    ("vera", "/wallet/recharge/{recharge}/money/", 10),
    ("vera", "/wallet/recharge/{recharge}/money/{live}/", 11),
    ("vera", "/live/receipts/{tap}/money/", 10),
    ("cleo", "/payouts/{withdrawal}/money/", 9),
    ("cleo", "/payouts/{withdrawal}/money/{live}/", 12),
    ("otto", "/admin/recharge/{recharge}/money/", 14),
    ("otto", "/admin/recharge/{recharge}/money/{live}/", 9),
    ("otto", "/admin/tap/{tap}/", 15),
    ("otto", "/admin/withdrawal/{withdrawal}/money/", 10),
    ("otto", "/admin/withdrawal/{withdrawal}/money/{live}/", 17),
]


@pytest.mark.parametrize(("person", "address", "queries"), PAGES)
def test_page_has_as_many_queries_for_a_long_chain(client, chain, django_assert_num_queries, person, address, queries):
    client.force_login(chain[person])
    address = address.format(**chain)
    client.get(address)

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200
