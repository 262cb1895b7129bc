"""Expensive gifts: marked in the tray, confirmed before the tap; and a giver's total in a live."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from live.gifts.limits import set_limits
from live.models import GiftTap, LiveSession
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db


def open_room(client, live, user=None):
    if user:
        client.force_login(user)
    return client.get(reverse("room", args=[live.pk]))


def afford(client, live, **asked):
    return client.get(reverse("afford", args=[live.pk]), asked, headers=HTMX)


def asked_about(page):
    return set(re.findall(r'data-gift="([\w-]+)"[^>]* data-asks', page.text))


def test_gifts_from_1000_coins_on_are_asked_about_and_without_a_script_by_a_box_to_tick(client, live, settings):
    vera = make_user("Vera", coins=100)
    page = open_room(client, live, vera)
    assert asked_about(page) == {"skyline", "slow-train", "tall-ship", "drama-queen", "big-top", "supernova"}
    assert page.text.count('name="agreed" required') == 6
    assert "Yes, 5,000 coins ($50.00)" in page.text
    settings.ASK_FROM_COINS = 10_000
    assert asked_about(open_room(client, live, vera)) == {"supernova"}


def test_asking_first_says_what_is_missing_as_a_refused_tap_does_and_moves_nothing(client, live):
    vera = make_user("Vera", coins=6_000)
    client.force_login(vera)
    assert afford(client, live, gift="drama-queen").status_code == 204
    # One Drama Queen is delayed already.
    short = afford(client, live, gift="drama-queen", besides=5_000)
    assert short.status_code == 409
    assert "Drama Queen costs 5,000 coins. You have 1,000, so 4,000 more are needed. That is $40.00." in short.text
    assert "Get 5,000 coins for $50.00" in short.text
    assert f"?for=10000&amp;what=drama-queen&amp;next=%2Flive%2F{live.pk}%2F%3Fgift%3Ddrama-queen%23tray" in short.text
    assert afford(client, live, gift="drama-queen", besides=2**70).status_code == 422
    assert afford(client, live, gift="no-such-gift").status_code == 404

    page = client.get(reverse("afford", args=[uuid4()]), {"gift": "panda"})

    assert page.status_code == 404
    assert coin_balance(vera) == 6_000
    assert not GiftTap.objects.exists()


# On PostgreSQL the feed leaves out taps of open transactions, so the test needs real ones.
@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_given_in_this_live_by_name_and_as_somebody_and_after_its_end(client, live):
    vera, mallory = make_user("Vera", coins=2_000), make_user("Mallory", coins=100)
    tap(vera, live, gift_slug="skyline")
    tap(mallory, live, gift_slug="clover")
    vera.is_somebody = True
    vera.save()
    tap(vera, live, gift_slug="panda", quantity=48)
    assert "1,240 coins · $12.40</data>" in open_room(client, live, vera).text
    assert "25 coins · $0.25</data>" in open_room(client, live, mallory).text
    other = make_session(make_creator("Nova", followers=1_000))
    assert "0 coins · $0.00</data>" in open_room(client, other, vera).text

    end_session(live, by="cleo")
    assert "You gave 1,240 coins ($12.40) in this live." in open_room(client, live, vera).text

    stranger = make_user("Otto")

    assert "You gave" not in open_room(client, live, stranger).text

    client.logout()
    assert "You gave" not in open_room(client, live).text


@pytest.mark.parametrize("coins", [100, 50_000], ids=["too few coins", "enough coins"])
def test_own_limit_is_said_before_a_gift_is_asked_about_and_no_coins_are_offered(client, live, coins):
    vera = make_user("Vera", coins=coins)
    client.force_login(vera)
    set_limits(vera, daily=6_000, weekly=None)

    over = afford(client, live, gift="supernova")
    with_one_held = afford(client, live, gift="drama-queen", besides=5_000)

    assert (over.status_code, with_one_held.status_code) == (409, 409)
    assert "Your own limit for today is 6,000 coins ($60.00). You have given 0, so 6,000 are left." in over.text
    assert "so 6,000 are left and 5,000 wait to be sent. It resets on" in with_one_held.text
    for refused in (over, with_one_held):
        assert 'href="/wallet/limits/">Your limits</a>' in refused.text
        assert "/wallet/recharge/" not in refused.text
        assert "Get " not in refused.text


@pytest.mark.parametrize("why", ["ended", "own", "closed"])
def test_no_coins_are_offered_for_a_gift_that_could_not_be_sent_anyway(client, live, why):
    vera = make_user("Vera")
    client.force_login(live.creator.user if why == "own" else vera)
    if why == "ended":
        end_session(live, by="cleo")
    if why == "closed":
        LiveSession.objects.update(gifts_open=False)

    refused = afford(client, live, gift="supernova")

    words = {"ended": "The live has ended.", "own": "This is your own live.", "closed": "can&#x27;t receive gifts"}[why]
    assert refused.status_code == 409
    assert words in refused.text
    assert "/wallet/recharge/" not in refused.text
