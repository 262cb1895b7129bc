"""The viewer's pages: the balance, and choosing a package."""

import re
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests.factories import give_coins, make_recharge, make_session, make_user, package_of, tap
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, page_of, read, words
from wallet.coins import coin_balance
from wallet.models import CoinPackage, Recharge
from wallet.packages import retire_package, set_package_price

pytestmark = pytest.mark.django_db


# --- Balance ------------------------------------------------------------------------------------


def test_balance_is_shown_with_its_dollars_and_the_last_moves(client):
    vera, session = make_user(coins=2_600), make_session()
    tap(vera, session, gift_slug="encore")

    page = read(client, vera)

    assert '<data id="coin-balance" value="2500">2,500</data>' in page
    assert "$25.00 at face value: one coin costs $0.01" in page
    assert "Encore to Cleo in “Friday strings”" in page
    assert f'href="{START}">Recharge</a>' in page
    assert 'href="/payouts/"' in page
    assert 'href="/wallet/history/"' in page


def test_balance_shows_five_moves_at_most(client):
    vera = make_user()
    for _ in range(6):
        give_coins(vera, 100)

    assert read(client, vera).count("Recharge by card") == 5


def test_new_viewer_gets_the_packages_at_once(client, vera):
    page = words(client.get("/wallet/"))

    assert "You have no coins yet" in page
    assert '<data id="coin-balance" value="0">0</data>' in page
    assert "no real money moves" in page
    assert page.count('name="package"') == 6
    assert f'action="{START}"' in page


@pytest.mark.parametrize("taps", [1, 3])
def test_queries_of_the_balance_do_not_grow_with_the_moves(client, taps, django_assert_num_queries):
    vera, session = make_user(coins=1_000), make_session()
    for _ in range(taps):
        tap(vera, session)
    client.force_login(vera)

    # Session, user, transfers, recharges, taps, coin rates, balance, rates, notices.
    with django_assert_num_queries(9):
        client.get("/wallet/")


# --- Choosing a package -------------------------------------------------------------------------


@pytest.mark.once
def test_packages_are_listed_with_coins_and_price(client, vera):
    page = words(client.get(START))

    prices = re.findall(r'value="(coins-\d+)" data-price="(\$[\d.]+)"', page)
    assert prices == [
        ("coins-100", "$1.00"),
        ("coins-500", "$5.00"),
        ("coins-1000", "$10.00"),
        ("coins-2500", "$25.00"),
        ("coins-5000", "$50.00"),
        ("coins-10000", "$100.00"),
    ]
    assert 'value="card"' in page and 'value="paypal"' in page


@pytest.mark.once
def test_every_page_mints_another_id(client, vera):
    ids = {re.search(r'name="recharge_id" value="([^"]+)"', words(client.get(START)))[1] for _ in range(2)}

    assert len({UUID(one) for one in ids}) == 2


@pytest.mark.once
def test_retired_package_is_not_offered(client, vera):
    retire_package(package_of(500), timezone.now(), by=None, reason="Nobody bought it")

    assert 'value="coins-500"' not in words(client.get(START))
    for headers in ({}, HTMX):
        refused = client.post(START, choice(), headers=headers)
        assert refused.status_code == 409
        assert "The package of 500 coins isn’t offered any more. Nothing was charged; choose another." in words(refused)
    assert not Recharge.objects.exists()


@pytest.mark.once
def test_site_without_packages_says_so(client, vera):
    for package in CoinPackage.objects.all():
        retire_package(package, timezone.now(), by=None, reason="A pause")

    assert "No package is on offer right now." in words(client.get(START))
    assert "No package is on offer right now." in words(client.get("/wallet/"))
    assert client.post(START, choice()).status_code == 409


@pytest.mark.once
def test_what_is_missing_is_named_in_coins_and_dollars_and_the_covering_package_is_chosen(client):
    page = read(client, make_user(coins=2_400), f"{START}?for=5000&what=drama-queen")

    assert "You have 2,400 coins. <strong>2,600 more ($26.00)</strong> are needed for Drama Queen." in page
    assert re.search(r'value="coins-5000" [^>]*checked', page)
    assert page.count("checked") == 2
    assert "Covers Drama Queen" in page
    assert "2,400 left over afterwards" in page


@pytest.mark.once
def test_more_than_the_largest_package_is_said_plainly(client, vera):
    page = words(client.get(f"{START}?for=10001"))

    assert "10,001 more ($100.01)" in page
    assert "No single package has that many" in page
    assert re.search(r'value="coins-10000" [^>]*checked', page)
    assert "Covers" not in page


@pytest.mark.once
@pytest.mark.parametrize("missing", ["", "0", "-5", "1.5", "1e3", "٣", "0x10", "9" * 17, "9" * 5000, "5,5", "\x00"])
def test_missing_coins_that_are_no_number_are_left_out(client, vera, missing):
    page = words(client.get(START, {"for": missing, "what": "Panda"}))

    assert "needed" not in page
    assert "One coin costs $0.01." in page


@pytest.mark.once
def test_missing_coins_of_2_to_the_63_are_no_failure(client, vera):
    assert client.get(f"{START}?for={2**63}").status_code == 200
    assert client.get(f"{START}?for={10**15}").status_code == 200


@pytest.mark.once
@pytest.mark.parametrize("what", ["Your frozen account", "<b>", "no-such-gift", "Drama Queen", "x" * 60, "panda\x00"])
def test_what_it_is_for_is_a_gift_or_nothing(client, vera, what):
    visible = re.sub(r"<[^>]*>", " ", words(client.get(START, {"for": "20000", "what": what})))

    assert "are needed." in visible and "needed for" not in visible and what not in visible


@pytest.mark.once
def test_what_is_missing_follows_from_the_balance_of_now(client):
    vera, address = make_user(coins=2_400), f"{START}?for=5000&what=drama-queen&next=/live/"
    assert "<strong>2,600 more ($26.00)</strong> are needed for Drama Queen." in read(client, vera, address)

    give_coins(vera, 2_000)
    assert "<strong>600 more ($6.00)</strong> are needed for Drama Queen." in words(client.get(address))
    give_coins(vera, 600)
    page = words(client.get(address))

    assert "You have 5,000 coins, which is enough for Drama Queen. Nothing more is needed." in page
    assert '<a href="/live/">Back to the live</a>' in page and "Covers" not in page


@pytest.mark.parametrize("covered", [1, 3])
def test_queries_of_the_choice_do_not_grow_with_what_is_missing(client, vera, covered, django_assert_num_queries):
    # Session, user, packages, balance, own limits, rates for the sentence, rates for where coins go, notices.
    with django_assert_num_queries(8):
        client.get(f"{START}?for={covered}")


# --- Starting -----------------------------------------------------------------------------------


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
    assert 'data-price="$6.50" required checked' in words(refused)
    assert not Recharge.objects.exists()

    again = client.post(START, {**shown, "price-coins-500": "650"}, headers=headers)
    assert again.status_code in (200, 303)
    assert vera.recharges.get().cents == 650


def test_price_of_another_package_may_change_meanwhile(client, vera):
    shown = read_form(client)
    set_package_price(package_of(1000), 12_00, by=None, reason="Card fees rose")

    assert client.post(START, shown).status_code == 303
    assert vera.recharges.get().cents == 500


def test_without_a_shown_price_a_program_gets_the_price_of_now_and_the_checkout_names_it(client, vera):
    set_package_price(package_of(500), 6_50, by=None, reason="Card fees rose")

    checkout = client.post(START, choice())

    assert checkout.status_code == 303
    assert "Pay $6.50" in words(client.get(checkout["Location"]))


def test_repeat_returns_the_first_recharge_also_after_the_price_changed_or_the_package_was_retired(client, vera):
    shown = read_form(client)
    first = client.post(START, shown)["Location"]
    set_package_price(package_of(500), 6_50, by=None, reason="Card fees rose")
    assert client.post(START, shown)["Location"] == first
    retire_package(package_of(500), timezone.now(), by=None, reason="Nobody bought it")
    assert client.post(START, shown)["Location"] == first

    assert vera.recharges.get().cents == 500
    client.post(first, {"outcome": "pay"})
    assert coin_balance(vera) == 500


@pytest.mark.once
@pytest.mark.parametrize("price", ["5,00", "x", "-1", "٣", str(2**63)])
def test_shown_price_that_is_no_price_is_422(client, vera, price):
    assert client.post(START, {**choice(), "price-coins-500": price}).status_code == 422
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

    assert f'value="{good}"' in words(client.post(START, choice(recharge_id=good, package="")))
    assert 'value="7"' not in words(client.post(START, choice(recharge_id="7")))


# --- The way back -------------------------------------------------------------------------------


@pytest.mark.once
def test_the_live_is_found_again_after_the_payment(client, vera):
    live = f"/live/{uuid4()}/?gift=drama-queen#tray"

    checkout = client.post(f"{START}?for=5&next=" + live.replace("#", "%23"), choice())["Location"]
    receipt = client.post(checkout, {"outcome": "pay"})["Location"]

    assert f'href="{live}">Back to the live</a>' in words(client.get(receipt))


@pytest.mark.once
def test_the_way_back_survives_an_error_and_a_decline(client, vera):
    live = f"/live/{uuid4()}/"

    wrong = client.post(f"{START}?next={live}", choice(package=""))
    assert f'action="{START}?next={live.replace("/", "%2F")}"' in words(wrong)
    checkout = client.post(f"{START}?next={live}", choice())["Location"]
    declined = client.post(checkout, {"outcome": "decline"}, follow=True)
    assert f"?package=coins-500&amp;next={live.replace('/', '%2F')}" in words(declined)


@pytest.mark.once
@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "http://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:evil.example",
        "https:///evil.example/",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\x00/wallet/",
        "evil.example",
        "http://testserver/wallet/",
        "http://testserver@evil.example/",
        "data:text/html,x",
        "/" + "x" * 300,
    ],
)
def test_only_paths_of_this_site_are_a_way_back(client, vera, evil):
    recharge = make_recharge(vera)
    response = client.post(f"{START}?{urlencode({'next': evil})}", choice())
    assert response["Location"].endswith("/")

    client.post(page_of(recharge), {"outcome": "pay"})
    page = words(client.get(page_of(recharge, f"?{urlencode({'next': evil})}")))

    assert "Back to the live" not in page
    assert ">Continue</a>" not in page
    assert 'href="/wallet/">To your balance</a>' in page
