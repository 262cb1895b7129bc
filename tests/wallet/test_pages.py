"""The wallet's pages: what Vera sees and does, what is refused in words, and what Mallory can't reach."""

import re
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import User
from tests.factories import confirm, give_coins, make_recharge, make_session, make_user, package_of, tap
from wallet.coins import coin_balance
from wallet.gateways.sandbox import SandboxGateway
from wallet.models import CoinPackage, PaymentEvent, Recharge, RechargeStep, Transfer

pytestmark = pytest.mark.django_db

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
    """All that the wallet's pages could have changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Recharge, RechargeStep, PaymentEvent, Transfer)]


@pytest.fixture
def vera(client):
    vera = make_user()
    client.force_login(vera)
    return vera


# --- Balance ------------------------------------------------------------------------------------


def test_balance_is_shown_with_its_dollars_and_the_last_moves(client):
    vera, session = make_user(coins=2_600), make_session()
    tap(vera, session, gift="encore")

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
def test_statements_of_the_balance_do_not_grow_with_the_moves(client, taps, django_assert_num_queries):
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
    CoinPackage.objects.filter(slug="coins-500").update(is_offered=False)

    assert 'value="coins-500"' not in words(client.get(START))
    assert client.post(START, choice()).status_code == 422


@pytest.mark.once
def test_site_without_packages_says_so(client, vera):
    CoinPackage.objects.update(is_offered=False)

    assert "No package is on offer right now." in words(client.get(START))
    assert "No package is on offer right now." in words(client.get("/wallet/"))
    assert client.post(START, choice()).status_code == 422


@pytest.mark.once
def test_what_is_missing_is_named_in_coins_and_dollars_and_the_covering_package_is_chosen(client):
    page = read(client, make_user(coins=2_400), f"{START}?for=2600&what=Drama+Queen")

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
@pytest.mark.parametrize(
    "missing", ["", "0", "-5", "1.5", "1e3", "٣", "0x10", "9" * 17, "9" * 5000, " 5", "5\n", "\x00"]
)
def test_missing_coins_that_are_no_number_are_left_out(client, vera, missing):
    page = words(client.get(START, {"for": missing, "what": "Panda"}))

    assert "needed" not in page
    assert "One coin costs $0.01." in page


@pytest.mark.once
def test_missing_coins_of_2_to_the_63_are_no_failure(client, vera):
    assert client.get(f"{START}?for={2**63}").status_code == 200
    assert client.get(f"{START}?for={10**15}").status_code == 200


@pytest.mark.once
def test_what_it_is_for_is_text_of_40_characters_at_most(client, vera):
    page = words(client.get(START, {"for": "5", "what": "<b>" + "x" * 60}))

    assert f"needed for &lt;b&gt;{'x' * 37}." in page
    assert "needed." in words(client.get(START, {"for": "5", "what": "Pan\u202eda"}))


@pytest.mark.parametrize("covered", [1, 3])
def test_statements_of_the_choice_do_not_grow_with_what_is_missing(client, vera, covered, django_assert_num_queries):
    # Session, user, packages, balance, rates for the sentence, rates for where coins go, notices.
    with django_assert_num_queries(7):
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

    response = client.post(START, wish, headers={"HX-Request": "true"})

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
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
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

    response = client.post(page_of(recharge), {"outcome": "pay"}, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert words(response).startswith('<div class="columns" id="recharge">')
    assert "The coins have arrived" in words(response)


def test_other_providers_payments_are_not_decided_here(client, vera, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "is_sandbox", False)
    recharge = make_recharge(vera)

    assert client.post(page_of(recharge), {"outcome": "pay"}).status_code == 405
    page = words(client.get(page_of(recharge)))
    assert "The provider hasn’t confirmed the payment yet" in page
    assert 'value="decline"' not in page
    assert coin_balance(vera) == 0


@pytest.mark.parametrize("status", ["started", "confirmed", "failed"])
def test_statements_of_a_recharge(client, vera, status, django_assert_num_queries):
    recharge = make_recharge(vera)
    if status != "started":
        client.post(page_of(recharge), {"outcome": "pay" if status == "confirmed" else "decline"})

    # Session, user, recharge, balance, steps, notices; a receipt also the rates, a closed one its package.
    with django_assert_num_queries(6 if status == "started" else 7):
        client.get(page_of(recharge))


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_mallory_gets_404_for_veras_recharge(client, headers):
    vera = make_user()
    recharge = make_recharge(vera)
    client.force_login(make_user("Mallory"))

    assert client.get(page_of(recharge), headers=headers).status_code == 404
    assert client.post(page_of(recharge), {"outcome": "pay"}, headers=headers).status_code == 404
    assert client.get(f"{START}{uuid4()}/", headers=headers).status_code == 404
    assert Recharge.objects.get().status == "started"


@pytest.mark.once
@pytest.mark.parametrize(
    "path", ["/wallet/", START, f"{START}{uuid4()}/", "/wallet/history/", "/wallet/history/?format=csv"]
)
def test_somebody_who_is_not_signed_in_is_asked_to(client, path):
    page = client.get(path)
    fragment = client.get(path, headers={"HX-Request": "true"})

    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert fragment["HX-Redirect"].startswith("/accounts/login/")


def test_post_without_a_token_is_403_and_changes_nothing():
    vera = make_user()
    recharge = make_recharge(vera)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(vera)
    before = everything()

    assert strict.post(START, choice()).status_code == 403
    assert strict.post(page_of(recharge), {"outcome": "pay"}).status_code == 403
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
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert everything() == before


# --- Whatever is sent ---------------------------------------------------------------------------

anything = st.one_of(
    st.text(max_size=60),
    st.integers().map(str),
    st.uuids().map(str),
    st.sampled_from(["coins-500", "card", "pay", "decline", str(2**63), "-1", "٣", "1e309", "NaN", "\x00", "\ud800"]),
)


def _sendable(text):
    return text.encode(errors="replace").decode()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(package=anything, method=anything, recharge_id=anything, wanted=anything, way_back=anything)
def test_whatever_is_chosen_it_is_no_failure(client, package, method, recharge_id, wanted, way_back):
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


@pytest.mark.once
def test_paid_coins_reach_the_pill_of_every_page(client, vera):
    confirm(make_recharge(vera, package=package_of(2500)))

    assert 'aria-label="Balance: 2500 coins"' in words(client.get(START)).replace("2,500", "2500")
