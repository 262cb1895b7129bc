"""The viewer's pages: the balance, and choosing a package."""

import re
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests.factories import give_coins, make_recharge, make_session, make_user, package_of, tap
from tests.htmx import HTMX
from tests.wallet.paging import START, choice, page_of, read, words
from wallet.models import CoinPackage, Recharge
from wallet.packages import retire_package

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
    assert page.count('name="package"') == 7
    assert f'action="{START}"' in page


@pytest.mark.parametrize("taps", [1, 3])
def test_queries_of_the_balance_do_not_grow_with_the_moves(client, taps, django_assert_num_queries):
    vera, session = make_user(coins=1_000), make_session()
    for _ in range(taps):
        tap(vera, session)
    client.force_login(vera)

    # Session, user, transfers, recharges, taps, coin rates, balance, rates, notices, purse.
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

    page = client.get(START)

    assert 'value="coins-500"' not in words(page)

    for headers in ({}, HTMX):
        refused = client.post(START, choice(), headers=headers)
        assert refused.status_code == 409
        assert "The package of 500 coins isn’t offered any more. Nothing was charged; choose another." in words(refused)
    assert not Recharge.objects.exists()


@pytest.mark.once
def test_site_without_packages_says_so(client, vera):
    for package in CoinPackage.objects.all():
        retire_package(package, timezone.now(), by=None, reason="A pause")

    page = client.get(START)

    assert "No package is on offer right now." in words(page)

    page = client.get("/wallet/")

    assert "No package is on offer right now." in words(page)

    answer = client.post(START, choice())

    assert answer.status_code == 409


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
    statuses = [client.get(f"{START}?for={2**63}").status_code, client.get(f"{START}?for={10**15}").status_code]

    assert statuses == [200, 200]


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
    page = client.get(address)

    assert "<strong>600 more ($6.00)</strong> are needed for Drama Queen." in words(page)

    give_coins(vera, 600)
    page = words(client.get(address))

    assert "You have 5,000 coins, which is enough for Drama Queen. Nothing more is needed." in page
    assert '<a href="/live/">Back to the live</a>' in page and "Covers" not in page


@pytest.mark.parametrize("covered", [1, 3])
def test_queries_of_the_choice_do_not_grow_with_what_is_missing(client, vera, covered, django_assert_num_queries):
    # Session, user, packages, exact amounts, balance, own limits, age, rates for the sentence and for where coins go,
    # notices and the purse.
    with django_assert_num_queries(10):
        client.get(f"{START}?for={covered}")


# --- The way back -------------------------------------------------------------------------------


@pytest.mark.once
def test_the_live_is_found_again_after_the_payment(client, vera):
    live = f"/live/{uuid4()}/?gift=drama-queen#tray"

    checkout = client.post(f"{START}?for=5&next=" + live.replace("#", "%23"), choice())["Location"]
    receipt = client.post(checkout, {"outcome": "pay"})["Location"]

    page = client.get(receipt)

    assert f'href="{live}">Back to the live</a>' in words(page)


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
