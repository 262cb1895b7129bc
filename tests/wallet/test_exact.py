"""The exact amount: coins at face value within dated bounds, beside the packages and from a gift."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import confirm, make_user
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, words
from wallet.books import check_books
from wallet.coins import coin_balance, exact_cents
from wallet.exact import exact_terms
from wallet.models import CoinRate, Recharge, RechargeTerms
from wallet.recharges import PackageChanged, RechargeRefused, start_recharge

pytestmark = pytest.mark.django_db


def wish(coins="380", **changes):
    return choice(package="exact", coins=coins, **{"coin-micros": "10000"} | changes)


def set_terms(least, most, **changes):
    return RechargeTerms.objects.create(exact_from_coins=least, exact_to_coins=most, reason_given="Fees", **changes)


def set_rate(micros, **changes):
    return CoinRate.objects.create(micros=micros, reason_given="Dearer", **changes)


def card(page):
    """Return the part of the page about the exact amount."""
    return re.search(r'<div class="package exact".*?</div>', words(page))[0]


@pytest.mark.parametrize(
    ("coins", "micros", "cents"), [(380, 10_000, 380), (3, 12_500, 4), (8, 12_500, 10), (101, 9_999, 101), (1, 1, 1)]
)
def test_price_is_the_face_value_rounded_up_to_a_cent(coins, micros, cents):
    assert exact_cents(coins, micros) == cents


def test_exact_coins_cost_their_face_value_and_arrive(client, vera):
    sent = client.post(START, wish())
    client.post(sent["Location"], {"outcome": "pay"})

    recharge = vera.recharges.get()
    assert (recharge.package, recharge.coins, recharge.cents) == (None, 380, 380)
    assert str(recharge) == "380 coins for $3.80"
    assert coin_balance(vera) == 380
    assert check_books() == []


def test_page_offers_the_amount_with_its_bounds_and_its_price(client, vera):
    page = client.get(START)

    shown = card(page)
    assert 'name="coins" value="100"' in shown
    assert "<strong data-exact-price>$1.00</strong>" in shown
    assert "100 to 10,000, $0.01 each" in shown
    assert " checked" not in shown


def test_what_is_missing_for_a_gift_is_offered_exactly(client, vera):
    page = client.get(f"{START}?for=380&what=skyline")
    chosen = client.get(f"{START}?for=380&what=skyline&package=exact")

    assert 'name="coins" value="380"' in card(page) and "$3.80" in card(page)
    assert "Exactly what is missing" in card(page)
    assert " checked" not in card(page)
    assert " checked" in card(chosen)


@pytest.mark.parametrize(("needed", "coins", "says"), [(40, 100, False), (500, 500, False), (22_000, 10_000, False)])
def test_amount_that_cannot_be_exact_is_the_nearest_one_and_says_nothing_else(client, vera, needed, coins, says):
    page = client.get(f"{START}?for={needed}&what=skyline")

    assert f'name="coins" value="{coins}"' in card(page)
    assert ("Exactly what is missing" in card(page)) is says


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("coins", "error"),
    [
        ("", "Type how many coins."),
        ("99", "Type a whole number from 100 to 10,000."),
        ("10001", "Type a whole number from 100 to 10,000."),
        ("-380", "Type a whole number from 100 to 10,000."),
        ("3.80", "Type a whole number from 100 to 10,000."),
        ("٣٨٠", "Type a whole number from 100 to 10,000."),
        ("380\x00", "Type a whole number from 100 to 10,000."),
        (str(2**63), "Type a whole number from 100 to 10,000."),
    ],
)
def test_number_that_is_no_exact_amount_is_422_beside_its_field(client, vera, coins, error, headers):
    answer = client.post(START, wish(coins), headers=headers)

    assert answer.status_code == 422
    assert error in words(answer)
    assert 'aria-describedby="exact-help coins-errors"' in words(answer)
    assert " checked" in card(answer)
    assert not Recharge.objects.exists()


def test_number_beside_a_chosen_package_means_nothing(client, vera):
    answer = client.post(START, choice(coins="7"))

    assert answer.status_code == 303
    assert vera.recharges.get().coins == 500


def test_thousands_may_be_typed_with_a_comma(client, vera):
    client.post(START, wish("1,380"))

    assert vera.recharges.get().coins == 1_380


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_price_that_changed_since_the_page_is_409_and_the_page_shows_the_new_one(client, vera, headers):
    set_rate(11_000)

    refused = client.post(START, wish(), headers=headers)

    assert refused.status_code == 409
    assert "The price of 380 coins is $4.18 now, not $3.80. Nothing was charged; choose again." in words(refused)
    assert 'name="coin-micros" value="11000"' in words(refused) and "$4.18" in card(refused)
    assert not Recharge.objects.exists()
    client.post(START, wish(**{"coin-micros": "11000"}))
    assert vera.recharges.get().cents == 418


def test_bounds_that_changed_since_the_page_refuse_in_words(client, vera):
    set_terms(500, 5_000)

    answer = client.post(START, wish())

    assert answer.status_code == 422
    assert "Type a whole number from 500 to 5,000." in words(answer)


def test_bounds_hold_for_every_caller(vera):
    for coins in (0, 99, 10_001, -380):
        with pytest.raises(PackageChanged, match="An exact amount is 100 to 10,000 coins"):
            start_recharge(user=vera, package=None, exact_coins=coins, method="card", recharge_id=uuid4())


def test_form_sent_twice_is_one_recharge_also_after_the_price_and_the_bounds_changed(client, vera):
    sent = wish()
    first = client.post(START, sent)["Location"]
    set_rate(11_000)

    again = client.post(START, sent)

    assert again["Location"] == first
    assert vera.recharges.get().cents == 380


def test_same_id_with_other_coins_is_refused(client, vera):
    sent = wish()
    client.post(START, sent)

    answer = client.post(START, sent | {"coins": "381"})

    assert answer.status_code == 409
    assert "This page was used for another recharge already" in words(answer)
    assert vera.recharges.get().coins == 380


def test_same_id_with_a_package_of_as_many_coins_is_refused(client, vera):
    sent = wish("500")
    client.post(START, sent)

    with pytest.raises(RechargeRefused):
        start_recharge(user=make_user(), package=None, exact_coins=500, method="card", recharge_id=sent["recharge_id"])
    answer = client.post(START, sent | {"package": "coins-500"})

    assert answer.status_code == 409


def test_declined_amount_is_tried_again_with_the_same_coins(client, vera):
    sent = client.post(START, wish("1380"))

    declined = client.post(sent["Location"], {"outcome": "decline"}, follow=True)
    again = re.search(r'href="([^"]+)">Try again', words(declined))[1].replace("&amp;", "&")
    page = client.get(again)

    assert again == f"{START}?package=exact&coins=1380"
    assert " checked" in card(page) and 'name="coins" value="1380"' in card(page)


def test_announced_terms_count_from_their_moment(vera):
    later = timezone.now() + timedelta(days=2)
    set_terms(50, 20_000, starts_at=later)

    terms = [exact_terms(moment)[:2] for moment in (None, later - timedelta(seconds=1), later)]

    assert terms == [(100, 10_000), (100, 10_000), (50, 20_000)]


@pytest.mark.spoils_books
@pytest.mark.parametrize("changes", [{"cents": 379}, {"coins": 381, "cents": 380}, {"coins": 99, "cents": 99}], ids=str)
def test_amount_at_another_price_or_out_of_bounds_is_told(vera, changes):
    recharge = start_recharge(user=vera, package=None, exact_coins=380, method="card", recharge_id=uuid4())
    confirm(recharge)

    Recharge.objects.update(**changes)

    assert "weren't an exact amount at face value" in " ".join(check_books())


def test_terms_whose_least_is_above_the_most_are_refused(client, otto):
    form = {"exact_from_coins": "600", "exact_to_coins": "500", "reason_given": "Fees"}

    answer = client.post("/admin/wallet/rechargeterms/add/", form)

    assert "The least can&#x27;t be above the most, 500." in answer.text
    assert RechargeTerms.objects.count() == 1


def test_package_cannot_take_the_name_of_the_exact_amount(client, otto):
    answer = client.post("/admin/wallet/coinpackage/add/", {"slug": "exact", "coins": "300", "reason": "More"})

    assert "is the name of the exact amount. Take another." in answer.text


def test_everybody_reads_the_terms_and_what_is_announced(client):
    set_terms(200, 8_000, starts_at=timezone.now() + timedelta(days=2))

    economy, changes = words(client.get("/economy/")), words(client.get("/economy/changes/?kind=packages"))

    assert "Or an exact amount, 100 to 10,000 coins, at the face value of $0.01 a coin." in economy
    assert "An exact amount will be 200 to 8,000 coins" in economy
    assert "An exact amount" in changes
