"""The checkout and the receipt: content, payment, decline, and repeats of each."""

import re
from urllib.parse import urlencode

import pytest

from tests.factories import confirm, make_recharge, package_of
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, everything, page_of, words
from wallet.coins import coin_balance
from wallet.errands import Errand
from wallet.gateways import Forged
from wallet.models import PaymentEvent
from wallet.recharges import decide_in_sandbox

pytestmark = pytest.mark.django_db


def test_trying_again_after_a_decline_still_covers_what_the_coins_were_for(client, vera):
    to = "/live/?gift=drama-queen"
    shop = f"/wallet/recharge/?{urlencode({'for': 2_200, 'what': 'drama-queen', 'next': to})}"
    first = client.get(shop)
    assert "Covers Drama Queen" in first.text

    sent = client.post(shop, choice(package=first.context["covering"].slug))
    declined = client.post(sent["Location"], {"outcome": "decline"}, follow=True)
    again = re.search(r'href="([^"]+)">Try again', declined.text)[1].replace("&amp;", "&")
    second = client.get(again)

    assert "Covers Drama Queen" in second.text
    assert "2,200 more" in words(second)
    assert second.context["errand"] == first.context["errand"] == Errand(2_200, "drama-queen", to, 2_200, "Drama Queen")
    paid = client.post(client.post(again, choice()).headers["Location"], {"outcome": "pay"}, follow=True)
    assert 'href="/live/?gift=drama-queen">Back to the live' in paid.text


# --- Checkout and receipt -----------------------------------------------------------------------


def test_checkout_names_the_price_and_has_charged_nothing(client, vera):
    recharge = make_recharge(vera, package=package_of(5000))

    page = words(client.get(page_of(recharge)))

    assert "Pay $50.00" in page and "Decline" in page
    assert "Nothing has been charged yet" in page
    assert "No real money moves" in page


def test_paying_credits_the_coins_and_shows_the_receipt(client, vera):
    recharge = make_recharge(vera, package=package_of(5000))

    response = client.post(page_of(recharge), {"outcome": "pay"})

    assert (response.status_code, response["Location"]) == (303, page_of(recharge))
    assert coin_balance(vera) == 5_000
    page = words(client.get(page_of(recharge)))
    assert "The coins have arrived and can be spent at once." in page
    assert '<data id="coin-balance" value="5000">5,000</data>' in page
    assert "Payment received" in page and "UTC" in page
    assert "$25.00</strong><small>creators get" in page
    assert 'href="/economy/"' in page


def test_declining_charges_nothing_and_offers_another_try(client, vera):
    recharge = make_recharge(vera)

    response = client.post(page_of(recharge), {"outcome": "decline"}, follow=True)

    assert coin_balance(vera) == 0
    assert "Nothing was charged." in words(response)
    assert "The payment was declined" in words(response)
    assert "Try again" in words(response)


def test_payment_reaches_the_books_as_a_signed_message(client, vera):
    recharge = make_recharge(vera)

    client.post(page_of(recharge), {"outcome": "pay"})

    assert PaymentEvent.objects.get().outcome == "confirmed"
    assert [step.by for step in recharge.steps.all()] == [vera.email, "sandbox"]


def test_paying_twice_is_paying_once(client, vera):
    recharge = make_recharge(vera)

    answers = [client.post(page_of(recharge), {"outcome": "pay"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303] * 3
    assert coin_balance(vera) == 100


def test_paying_after_the_decline_is_409_in_words(client, vera):
    recharge = make_recharge(vera)
    client.post(page_of(recharge), {"outcome": "decline"})
    before = everything()

    response = client.post(page_of(recharge), {"outcome": "pay"})

    assert response.status_code == 409
    assert "This recharge is closed and nothing was charged. Start a new one to buy coins." in words(response)
    assert everything() == before


def test_declining_after_the_payment_is_409_in_words(client, vera):
    recharge = make_recharge(vera)
    client.post(page_of(recharge), {"outcome": "pay"})
    before = everything()

    response = client.post(page_of(recharge), {"outcome": "decline"})

    assert response.status_code == 409
    assert "This recharge is paid already" in words(response)
    assert everything() == before


@pytest.mark.once
@pytest.mark.parametrize("outcome", ["", "paid", "declined", "PAY", "pay\x00", str(2**63)])
def test_outcome_that_is_none_is_422_and_changes_nothing(client, vera, outcome):
    recharge = make_recharge(vera)
    before = everything()

    response = client.post(page_of(recharge), {"outcome": outcome})

    assert response.status_code == 422
    assert "Choose Pay or Decline." in words(response)
    assert everything() == before


def test_htmx_gets_the_receipt_as_a_fragment(client, vera):
    recharge = make_recharge(vera)

    response = client.post(page_of(recharge), {"outcome": "pay"}, headers=HTMX)

    assert response.status_code == 200
    assert words(response).startswith('<div class="columns" id="recharge"')
    assert "The coins have arrived" in words(response)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_open_recharge_of_the_sandbox_gives_no_coins_once_a_real_provider_is_chosen(client, vera, settings, headers):
    recharge = make_recharge(vera)
    settings.PAYMENT_PROVIDER = "stripe"

    answer = client.post(page_of(recharge), {"outcome": "pay"}, headers=headers)

    assert answer.status_code == 405

    with pytest.raises(Forged, match="the sandbox is closed"):
        decide_in_sandbox(recharge, "paid")
    page = client.get(page_of(recharge))

    assert 'value="pay"' not in words(page)
    assert coin_balance(vera) == 0


@pytest.mark.parametrize("status", ["started", "confirmed", "failed"])
def test_queries_of_a_recharge(client, vera, status, django_assert_num_queries):
    recharge = make_recharge(vera)
    if status != "started":
        client.post(page_of(recharge), {"outcome": "pay" if status == "confirmed" else "decline"})

    # Session, user, recharge, balance, steps, notices; a receipt also the rates, a closed one its package.
    with django_assert_num_queries(6 if status == "started" else 7):
        client.get(page_of(recharge))


@pytest.mark.once
def test_paid_coins_reach_the_pill_of_every_page(client, vera):
    confirm(make_recharge(vera, package=package_of(2500)))

    page = client.get(START)

    assert 'aria-label="Balance: 2500 coins"' in words(page).replace("2,500", "2500")
