"""A gift that costs more than the viewer has says so in the tray, before it is pressed."""

import re

import pytest

from live.templatetags.live import lacking
from tests.factories import give_coins, make_creator, make_session, make_user

pytestmark = pytest.mark.django_db
OFFER = re.compile(r'<details\s+class="offer".*?</details>', re.DOTALL)


def offers(page):
    """Return {slug: HTML} of the tray's gifts."""
    return {re.search(r'data-gift="([\w-]+)"', one)[1]: " ".join(one.split()) for one in OFFER.findall(page.text)}


def short(page):
    return {slug for slug, offer in offers(page).items() if "data-short" in offer}


@pytest.mark.parametrize(("coins", "have", "missing"), [(500, 120, 380), (500, 500, 0), (5, 9, 0), (5, "", 0)])
def test_missing_coins_are_the_price_without_the_balance(coins, have, missing):
    assert lacking(coins, have) == missing


def test_viewer_reads_how_many_coins_are_missing_and_gets_them_for_this_gift(client):
    live, vera = make_session(), make_user("Vera", coins=120)
    client.force_login(vera)

    page = client.get(f"/live/{live.pk}/")

    assert {"spark", "panda", "encore"}.isdisjoint(short(page))
    assert short(page) >= {"spotlight", "skyline", "supernova"}
    offer = offers(page)["spotlight"]
    assert '<span>380 more</span> <span class="hush">coins needed</span>' in offer
    assert "<strong>380 more coins</strong> needed (<span>$3.80</span>)." in offer
    back = f"%2Flive%2F{live.pk}%2F%3Fgift%3Dspotlight%23tray"
    assert f'href="/wallet/recharge/?for=500&amp;what=spotlight&amp;next={back}"' in offer

    give_coins(vera, 380)
    page = client.get(f"/live/{live.pk}/")

    assert "spotlight" not in short(page)


@pytest.mark.once
def test_one_missing_coin_is_one_coin(client):
    live = make_session()
    client.force_login(make_user("Vera", coins=4))

    offer = offers(client.get(f"/live/{live.pk}/"))["panda"]

    assert "<strong>1 more coin</strong> needed (<span>$0.01</span>)." in offer
    assert '<span>1 more</span> <span class="hush">coin needed</span>' in offer


@pytest.mark.once
def test_nobody_else_is_told_of_missing_coins(client):
    cleo = make_creator("Cleo")
    live = make_session(cleo)

    stranger = client.get(f"/live/{live.pk}/")
    client.force_login(cleo.user)
    own = client.get(f"/live/{live.pk}/")

    assert [short(stranger), short(own)] == [set(), set()]
    assert "more coins" not in stranger.text + own.text


@pytest.mark.once
def test_fragment_of_the_tray_asks_for_no_balance(client, django_assert_num_queries):
    live = make_session()
    client.force_login(make_user("Vera"))
    client.get(f"/live/{live.pk}/")

    with django_assert_num_queries(7):
        fragment = client.get(f"/live/{live.pk}/tray/", headers={"HX-Request": "true"})

    assert short(fragment) == set()
    assert "coins needed" in fragment.text
