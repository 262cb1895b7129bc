"""The form of a recharge: what it starts, once for each id, and what it refuses."""

import re
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests.factories import make_recharge, make_user, package_of
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, words
from wallet.coins import coin_balance
from wallet.models import Recharge
from wallet.packages import retire_package, set_package_price

pytestmark = pytest.mark.django_db


def test_choice_leads_to_the_checkout(client, vera):
    wish = choice()

    response = client.post(START, wish)

    assert (response.status_code, response["Location"]) == (303, f"{START}{wish['recharge_id']}/")
    recharge = vera.recharges.get()
    assert (str(recharge.pk), recharge.coins, recharge.cents, recharge.method) == (
        wish["recharge_id"],
        500,
        500,
        "card",
    )
    assert coin_balance(vera) == 0


def test_htmx_is_sent_to_the_checkout_with_the_whole_page(client, vera):
    wish = choice()

    response = client.post(START, wish, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (200, f"{START}{wish['recharge_id']}/")


def test_form_sent_twice_is_one_recharge(client, vera):
    wish = choice()

    answers = [client.post(START, wish) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert vera.recharges.count() == 1


def test_same_id_with_another_package_is_409_and_keeps_what_was_chosen(client, vera):
    wish = choice()
    client.post(START, wish)

    response = client.post(START, wish | {"package": "coins-1000"})

    assert response.status_code == 409
    assert "This page was used for another recharge already" in words(response)
    assert re.search(r'value="coins-1000" [^>]*checked', words(response))
    assert vera.recharges.get().coins == 500


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_price_that_changed_since_the_page_is_409_and_the_page_shows_the_new_one(client, vera, headers):
    shown = read_form(client)
    set_package_price(package_of(500), 6_50, by=None, reason="Card fees rose")

    refused = client.post(START, shown, headers=headers)

    assert refused.status_code == 409
    assert "The price of 500 coins is $6.50 now, not $5.00. Nothing was charged; choose again." in words(refused)
    assert 'name="price-coins-500" value="650"' in words(refused)
    assert re.search(r'data-price="\$6\.50" [^>]*checked', words(refused))
    assert not Recharge.objects.exists()

    again = client.post(START, {**shown, "price-coins-500": "650"}, headers=headers)
    assert again.status_code in (200, 303)
    assert vera.recharges.get().cents == 650


def test_price_of_another_package_may_change_meanwhile(client, vera):
    shown = read_form(client)
    set_package_price(package_of(1000), 12_00, by=None, reason="Card fees rose")

    answer = client.post(START, shown)

    assert answer.status_code == 303
    assert vera.recharges.get().cents == 500


def test_without_a_shown_price_a_program_gets_the_price_of_now_and_the_checkout_names_it(client, vera):
    set_package_price(package_of(500), 6_50, by=None, reason="Card fees rose")

    checkout = client.post(START, choice())

    assert checkout.status_code == 303

    page = client.get(checkout["Location"])

    assert "Pay $6.50" in words(page)


def test_repeat_returns_the_first_recharge_also_after_the_price_changed_or_the_package_was_retired(client, vera):
    shown = read_form(client)
    first = client.post(START, shown)["Location"]
    set_package_price(package_of(500), 6_50, by=None, reason="Card fees rose")
    answer = client.post(START, shown)

    assert answer["Location"] == first

    retire_package(package_of(500), timezone.now(), by=None, reason="Nobody bought it")
    answer = client.post(START, shown)

    assert answer["Location"] == first

    assert vera.recharges.get().cents == 500
    client.post(first, {"outcome": "pay"})
    assert coin_balance(vera) == 500


@pytest.mark.once
@pytest.mark.parametrize("price", ["5,00", "x", "-1", "٣", str(2**63)])
def test_shown_price_that_is_no_price_is_422(client, vera, price):
    answer = client.post(START, {**choice(), "price-coins-500": price})

    assert answer.status_code == 422
    assert not Recharge.objects.exists()


def read_form(client):
    """Return the fields that a browser would send: every hidden price, and the choice of 500 coins."""
    page = words(client.get(START))
    return {**dict(re.findall(r'name="(price-[a-z0-9-]+)" value="(\d+)"', page)), **choice()}


def test_somebody_elses_id_is_409_and_tells_nothing_of_theirs(client, vera):
    hers = make_recharge(make_user("Nova"), package=package_of(1000))

    response = client.post(START, choice(recharge_id=str(hers.pk)))

    assert response.status_code == 409
    assert not vera.recharges.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "changes",
    [
        {"package": ""},
        {"package": "coins-7"},
        {"package": str(2**63)},
        {"package": "coins-٣"},
        {"package": "coins-500\x00"},
        {"method": ""},
        {"method": "cash"},
        {"method": "CARD"},
        {"recharge_id": ""},
        {"recharge_id": "7"},
        {"recharge_id": "x" * 36},
        {"recharge_id": "{12345678-1234-5678-1234-567812345678}"},
        {"recharge_id": "٣2345678-1234-5678-1234-567812345678"},
        {"recharge_id": "12345678123456781234567812345678"},
        {"recharge_id": "12345678-1234-5678-1234-567812345678\n1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_choice_that_makes_no_sense_is_422_with_the_form_again(client, vera, changes, headers):
    response = client.post(START, choice(method="paypal") | changes, headers=headers)

    assert response.status_code == 422
    assert 'id="recharge-form"' in words(response)
    assert "html>" not in words(response) or not headers
    if "method" not in changes:
        assert re.search(r'value="paypal" [^>]*checked', words(response))
    if "package" not in changes:
        assert re.search(r'value="coins-500" [^>]*checked', words(response))
    assert not Recharge.objects.exists()


@pytest.mark.once
def test_empty_form_says_what_is_missing(client, vera):
    page = words(client.post(START, {}))

    assert "Choose a package." in page
    assert "Choose how to pay." in page
    assert UUID(re.search(r'name="recharge_id" value="([^"]+)"', page)[1])


def test_damaged_id_is_replaced_and_a_good_one_kept(client, vera):
    good = str(uuid4())

    answer = client.post(START, choice(recharge_id=good, package=""))

    assert f'value="{good}"' in words(answer)

    answer = client.post(START, choice(recharge_id="7"))

    assert 'value="7"' not in words(answer)
