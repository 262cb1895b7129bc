"""The top bar and the tab bar: what they show of a reader, on which pages, and the one query for it."""

import re

import pytest

from live.creators.purses import Purse, read_purse
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_recharge, make_session, make_user, tap

pytestmark = pytest.mark.django_db


def tabs_of(page):
    """Return the words of the tab bar, or None without one."""
    bar = re.search(r'<nav class="tabs".*?</nav>', page.content.decode(), re.DOTALL)
    return bar and re.findall(r"<span>([^<]+)</span>", bar[0])


def current_tab(page):
    bar = re.search(r'<nav class="tabs".*?</nav>', page.content.decode(), re.DOTALL)
    return re.findall(r'aria-current="(\w+)".*?<span>([^<]+)</span>', bar[0], re.DOTALL)


def test_purse_of_a_viewer_and_of_a_creator_takes_one_query(django_assert_num_queries):
    vera, cleo = make_user("Vera", coins=100), make_creator("Cleo")

    with django_assert_num_queries(1):
        assert read_purse(vera) == Purse(coins=100, diamonds=0, is_creator=False, is_live=False)
    assert read_purse(cleo.user) == Purse(coins=0, diamonds=0, is_creator=True, is_live=False)


def test_purse_says_whether_a_creator_is_live_and_what_a_live_brought():
    cleo = make_creator("Cleo")
    live = make_session(cleo)
    tap(make_user("Vera", coins=100), live, quantity=3)

    assert read_purse(cleo.user) == Purse(coins=0, diamonds=0, is_creator=True, is_live=True)
    end_session(live, by="cleo")
    assert read_purse(cleo.user) == Purse(coins=0, diamonds=15, is_creator=True, is_live=False)


def test_creator_sees_diamonds_beside_coins_and_a_viewer_does_not(client):
    client.force_login(make_user("Vera", coins=100))
    page = client.get("/me/")

    assert 'id="gem-pill"' not in page.text

    client.force_login(make_creator("Cleo").user)
    page = client.get("/me/")

    assert 'aria-label="Live Gifts: 0 diamonds"' in page.text


def test_tabs_of_a_stranger_a_viewer_and_a_creator(client):
    page = client.get("/")

    assert tabs_of(page) == ["Home", "Live", "Economy", "Log in"]

    client.force_login(make_user("Vera"))
    page = client.get("/")

    assert tabs_of(page) == ["Home", "Live", "Notices", "Profile"]

    cleo = make_creator("Cleo")
    client.force_login(cleo.user)
    page = client.get("/")

    assert tabs_of(page) == ["Home", "Live", "Go live", "Notices", "Profile"]

    make_session(cleo)
    page = client.get("/")

    assert tabs_of(page) == ["Home", "Live", "Your live", "Notices", "Profile"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ("page", "Home")),
        ("/live/", ("page", "Live")),
        ("/me/", ("page", "Profile")),
        ("/wallet/", ("true", "Profile")),
        ("/payouts/", ("true", "Profile")),
        ("/live/studio/", ("page", "Go live")),
    ],
)
def test_tab_of_the_page_is_marked(client, path, current):
    client.force_login(make_creator("Cleo").user)

    page = client.get(path)

    assert current_tab(page) == [current]


def test_rooms_and_checkout_have_no_tabs(client):
    vera, live = make_user("Vera"), make_session()
    client.force_login(vera)
    recharge = make_recharge(vera)

    for path in (f"/live/{live.pk}/", "/wallet/recharge/", f"/wallet/recharge/{recharge.pk}/"):
        page = client.get(path)

        assert tabs_of(page) is None, path


def test_recharge_that_is_paid_has_the_tabs_again(client):
    vera = make_user("Vera", coins=100)
    client.force_login(vera)

    page = client.get(f"/wallet/recharge/{vera.recharges.get().pk}/")

    assert tabs_of(page) == ["Home", "Live", "Notices", "Profile"]
