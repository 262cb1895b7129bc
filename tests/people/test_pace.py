"""Rate limits of one person: one for each action, refused in words, exact for concurrent requests."""

from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from live.models import Follow, LiveSession, Overlay
from live.overlay.overlays import make_overlay
from people.models import User
from tests.factories import make_creator, make_session, make_user
from tests.htmx import HTMX
from tests.races.threads import at_once
from wallet.models import CoinPackage, Recharge

pytestmark = pytest.mark.django_db

LIMITS = settings.ACCOUNT_RATE_LIMITS


def most(action):
    return int(LIMITS[action].split("/")[0])


def press(client, address, times, **form):
    return [client.post(address, form).status_code for _ in range(times)]


@pytest.mark.once
def test_21st_recharge_of_a_minute_is_refused_in_words_and_not_started(client):
    client.force_login(make_user("Vera"))
    answers = [client.post("/wallet/recharge/", recharge_form(n)) for n in range(21)]

    assert [answer.status_code for answer in answers] == [303] * 20 + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Too many recharges were started within a minute. Nothing was changed" in answers[-1].text
    assert Recharge.objects.count() == 20


def recharge_form(number):
    package = CoinPackage.objects.order_by("pk").first()
    return {"package": package.slug, "method": "card", "recharge_id": str(UUID(int=number + 1))}


@pytest.mark.once
def test_following_back_and_forth_is_refused_as_a_fragment_too(client):
    cleo, vera = make_creator("Cleo", followers=0), make_user("Vera")
    client.force_login(vera)
    for n in range(most("follow")):
        verb = "unfollow" if n % 2 else "follow"
        response = client.post(f"/@{cleo.handle}/{verb}/")

        assert response.status_code == 303

    answer = client.post(f"/@{cleo.handle}/follow/", headers=HTMX)

    assert answer.status_code == 429
    assert "Too many follows and unfollows came within a minute" in answer.text
    assert not Follow.objects.exists()


@pytest.mark.once
def test_address_of_an_overlay_is_renewed_30_times_a_minute(client):
    cleo = make_creator("Cleo", followers=0)
    client.force_login(cleo.user)
    make_overlay(cleo)

    answers = press(client, "/live/studio/overlay/renew/", 30)
    token = Overlay.objects.get().token

    assert answers == [303] * 30

    answer = press(client, "/live/studio/overlay/renew/", 1)

    assert answer == [429]
    assert Overlay.objects.get().token == token


@pytest.mark.once
@pytest.mark.parametrize(
    ("action", "address"),
    [
        ("start", "/live/studio/start/"),
        ("test_gift", "/live/studio/overlay/test/"),
        ("withdraw", "/payouts/withdraw/"),
        ("payout_account", "/payouts/accounts/"),
        ("appear", "/live/{live}/face/"),
    ],
)
def test_each_other_action_has_its_limit(client, action, address):
    cleo = make_creator("Cleo", followers=0)
    client.force_login(cleo.user)
    address = address.format(live=make_session().pk)

    before = press(client, address, most(action))

    assert 429 not in before

    answer = press(client, address, 1)

    assert answer == [429]
    assert LiveSession.objects.count() == 1


@pytest.mark.once
def test_looking_is_never_counted_and_others_have_their_own_count(client):
    client.force_login(make_user("Vera"))
    press(client, "/wallet/recharge/", most("recharge") + 1)

    page = client.get("/wallet/recharge/")

    assert page.status_code == 200

    client.force_login(make_user("Imani"))
    answer = press(client, "/wallet/recharge/", 1)

    assert answer == [422]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_32_starts_at_once_are_exactly_20_recharges():
    vera = User.objects.get(pk=make_user("Vera").pk)
    clients = [Client() for _ in range(32)]
    for one in clients:
        one.force_login(vera)

    answers = at_once(
        lambda n: clients[n].post("/wallet/recharge/", recharge_form(n)).status_code, range(32), threads=16
    )

    assert sorted(answers) == [303] * 20 + [429] * 12
    assert Recharge.objects.count() == 20
