"""A diamond above the coin it comes from: found whichever of the two rates changes, and asked for in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.losses import first_loss
from payouts.models import DiamondRate
from tests.operator import errors_of
from wallet.models import CoinRate

pytestmark = pytest.mark.django_db
DIAMOND, COIN = "/admin/payouts/diamondrate/add/", "/admin/wallet/coinrate/add/"
IN_A_WEEK = timezone.now() + timedelta(days=7)
LATER = {"starts_at_0": f"{IN_A_WEEK:%Y-%m-%d}", "starts_at_1": "00:00"}


def form(micros, **more):
    return {"micros": micros, "starts_at_0": "", "starts_at_1": "", "reason_given": "A try", **more}


@pytest.mark.parametrize("micros", ["10001", "15000", "1000000"])
def test_a_tick_is_not_enough_for_a_diamond_above_a_coin(client, otto, micros):
    asked = client.post(DIAMOND, form(micros, confirmed=micros))

    assert "typed" in errors_of(asked) and "whoever gives" in asked.content.decode().lower()
    assert DiamondRate.objects.count() == 1


def test_typed_in_words_it_is_taken(client, otto):
    asked = client.post(DIAMOND, form("15000", confirmed="15000"))
    assert "gains $0.005 with each coin" in asked.content.decode()
    assert "If it is meant, type: $0.015 for $0.01" in asked.content.decode()

    for words in ("", "yes", "$0.015", "0.015 for 0.01"):
        assert "typed" in errors_of(client.post(DIAMOND, form("15000", confirmed="15000", typed=words)))
    assert "confirmed" in errors_of(client.post(DIAMOND, form("15000", typed="$0.015 for $0.01")))
    client.post(DIAMOND, form("15000", confirmed="15000", typed=" $0.015 for $0.01 "))

    assert DiamondRate.objects.at().micros == 15_000


@pytest.mark.parametrize("micros", ["4999", "6000", "10000"])
def test_a_diamond_up_to_the_price_of_a_coin_needs_no_words(client, otto, micros):
    client.post(DIAMOND, form(micros, confirmed=micros))

    assert DiamondRate.objects.at().micros == int(micros)


def test_a_coin_below_the_diamond_is_the_same_loss(client, otto):
    asked = client.post(COIN, form("4000", confirmed="4000"))

    assert "typed" in errors_of(asked) and "type: $0.005 for $0.004" in asked.content.decode()
    assert CoinRate.objects.count() == 1


def test_rates_announced_for_later_are_looked_at(client, otto):
    client.post(COIN, form("4000", confirmed="4000", typed="$0.005 for $0.004", **LATER))
    assert CoinRate.objects.count() == 2

    # Today it is below the coin, in a week it isn't.
    asked = client.post(DIAMOND, form("4500"))
    assert "type: $0.0045 for $0.004" in asked.content.decode()
    client.post(DIAMOND, form("4000"))
    assert DiamondRate.objects.at().micros == 4_000


def test_an_announcement_that_keeps_a_diamond_below_a_coin_is_not_withdrawn(client, otto):
    client.post(COIN, form("16000", confirmed="16000", **LATER))
    client.post(DIAMOND, form("12000", confirmed="12000", **LATER))
    coin = CoinRate.objects.latest()
    assert DiamondRate.objects.latest().micros == 12_000 and coin.micros == 16_000

    address = f"/admin/wallet/coinrate/{coin.pk}/delete/"
    answer = client.post(address, {"post": "yes", "reason": "Not now"}, follow=True)

    assert "Without it a diamond is worth $0.012 and a coin costs $0.01" in answer.content.decode()
    assert CoinRate.objects.latest() == coin
    client.post(
        f"/admin/payouts/diamondrate/{DiamondRate.objects.latest().pk}/delete/", {"post": "yes", "reason": "No"}
    )
    client.post(address, {"post": "yes", "reason": "Not now"})
    assert CoinRate.objects.count() == DiamondRate.objects.count() == 1


def test_at_the_start_there_is_no_loss():
    assert first_loss(since=timezone.now()) is None
