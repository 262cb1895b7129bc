"""Access to the checkout and the receipt, and malformed requests."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import User
from tests.factories import make_recharge, make_user
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, everything, page_of
from wallet.models import Recharge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_mallory_gets_404_for_veras_recharge(client, headers):
    vera = make_user()
    recharge = make_recharge(vera)
    client.force_login(make_user("Mallory"))

    statuses = [
        client.get(page_of(recharge), headers=headers).status_code,
        client.post(page_of(recharge), {"outcome": "pay"}, headers=headers).status_code,
        client.get(f"{START}{uuid4()}/", headers=headers).status_code,
    ]

    assert statuses == [404, 404, 404]
    assert Recharge.objects.get().status == "started"


@pytest.mark.once
@pytest.mark.parametrize(
    "path", ["/wallet/", START, f"{START}{uuid4()}/", "/wallet/history/", "/wallet/history/?format=csv"]
)
def test_somebody_who_is_not_signed_in_is_asked_to(client, path):
    page = client.get(path)
    fragment = client.get(path, headers=HTMX)

    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert fragment["HX-Redirect"].startswith("/accounts/login/")


def test_post_without_a_token_is_403_and_changes_nothing():
    vera = make_user()
    recharge = make_recharge(vera)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(vera)
    before = everything()

    statuses = [
        strict.post(START, choice()).status_code,
        strict.post(page_of(recharge), {"outcome": "pay"}).status_code,
    ]

    assert statuses == [403, 403]
    assert everything() == before


def test_extra_fields_are_ignored(client, vera):
    make_user("Mallory")

    client.post(START, choice(coins="999999", cents="1", user="1", status="confirmed", provider="x"))

    recharge = Recharge.objects.get()
    assert (recharge.user, recharge.coins, recharge.cents, recharge.status) == (vera, 500, 500, "started")
    assert recharge.provider == "sandbox"


def test_looking_changes_nothing(client):
    vera = make_user(coins=100)
    waiting = make_recharge(vera)
    client.force_login(vera)
    before = everything()

    paths = ["/wallet/", START, "/wallet/history/", "/wallet/history/?format=csv", page_of(waiting)]
    for path in [*paths, f"{page_of(waiting)}?outcome=pay", f"{START}?package=coins-500&method=card"]:
        statuses = [client.get(path).status_code, client.head(path).status_code]

        assert statuses == [200, 200]

    assert everything() == before


anything = st.one_of(
    st.text(max_size=60),
    st.integers().map(str),
    st.uuids().map(str),
    st.sampled_from(["coins-500", "card", "pay", "decline", str(2**63), "-1", "٣", "1e309", "NaN", "\x00", "\ud800"]),
)


def _sendable(text):
    return text.encode(errors="replace").decode()


# --- Malformed requests -------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(package=anything, method=anything, recharge_id=anything, wanted=anything, way_back=anything)
def test_whatever_is_chosen_it_is_no_failure(client, no_pace, package, method, recharge_id, wanted, way_back):
    vera = User.objects.filter(name="Vera").first() or make_user()
    client.force_login(vera)
    before = everything()

    fields = {"package": package, "method": method, "recharge_id": recharge_id}
    query = urlencode({"for": _sendable(wanted), "what": _sendable(wanted), "next": _sendable(way_back)})
    response = client.post(f"{START}?{query}", {name: _sendable(text) for name, text in fields.items()})

    assert response.status_code in (303, 409, 422)
    assert response.status_code == 303 or everything() == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcome=anything)
def test_whatever_is_decided_it_is_no_failure(client, outcome):
    vera = User.objects.filter(name="Vera").first() or make_user()
    client.force_login(vera)
    recharge = make_recharge(vera)
    before = everything()

    response = client.post(page_of(recharge), {"outcome": _sendable(outcome)})

    assert response.status_code in (303, 422)
    assert response.status_code == 303 or everything() == before
