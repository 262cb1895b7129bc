"""A diamond above the coin it comes from: found whichever of the two rates changes, and asked for in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.losses import first_loss
from payouts.models import DiamondRate
from tests.operator import errors_of, save_shown
from wallet.models import CoinPackage, CoinRate

pytestmark = pytest.mark.django_db
DIAMOND, COIN = "/admin/payouts/diamondrate/add/", "/admin/wallet/coinrate/add/"
IN_A_WEEK = timezone.now() + timedelta(days=7)
LATER = {"starts_at_0": f"{IN_A_WEEK:%Y-%m-%d}", "starts_at_1": "00:00"}


def form(dollars, **more):
    return {"micros": dollars, "starts_at_0": "", "starts_at_1": "", "reason_given": "A try", **more}


@pytest.mark.parametrize(("dollars", "tick"), [("0.010001", "10001"), ("0.015", "15000"), ("1", "1000000")])
def test_a_tick_is_not_enough_for_a_diamond_above_a_coin(client, otto, dollars, tick):
    asked = save_shown(client, DIAMOND, form(dollars, confirmed=tick))

    assert "typed" in errors_of(asked) and "whoever gives" in asked.content.decode().lower()
    assert DiamondRate.objects.count() == 1


def test_typed_in_words_it_is_taken(client, otto):
    asked = save_shown(client, DIAMOND, form("0.015", confirmed="15000"))
    assert "gains $0.005 with each coin" in asked.content.decode()
    assert "If it is meant, type: $0.015 for $0.01" in asked.content.decode()

    for words in ("", "yes", "$0.015", "0.015 for 0.01"):
        answer = save_shown(client, DIAMOND, form("0.015", confirmed="15000", typed=words))

        assert "typed" in errors_of(answer)
    answer = save_shown(client, DIAMOND, form("0.015", typed="$0.015 for $0.01"))

    assert "confirmed" in errors_of(answer)

    save_shown(client, DIAMOND, form("0.015", confirmed="15000", typed=" $0.015 for $0.01 "))

    assert DiamondRate.objects.at().micros == 15_000


@pytest.mark.parametrize(("dollars", "micros"), [("0.004999", 4_999), ("0.006", 6_000), ("0.01", 10_000)])
def test_a_diamond_up_to_the_price_of_a_coin_needs_no_words(client, otto, dollars, micros):
    save_shown(client, DIAMOND, form(dollars, confirmed=str(micros)))

    assert DiamondRate.objects.at().micros == micros


def test_a_coin_below_the_diamond_is_the_same_loss(client, otto):
    asked = save_shown(client, COIN, form("0.004", confirmed="4000"))

    assert "typed" in errors_of(asked) and "type: $0.005 for $0.004" in asked.content.decode()
    assert CoinRate.objects.count() == 1


def test_rates_announced_for_later_are_looked_at(client, otto):
    save_shown(client, COIN, form("0.004", confirmed="4000", typed="$0.005 for $0.004", **LATER))
    assert CoinRate.objects.count() == 2

    # Today it is below the coin, in a week it isn't.
    asked = save_shown(client, DIAMOND, form("0.0045"))
    assert "type: $0.0045 for $0.004" in asked.content.decode()
    save_shown(client, DIAMOND, form("0.004"))
    assert DiamondRate.objects.at().micros == 4_000


def test_an_announcement_that_keeps_a_diamond_below_a_coin_is_not_withdrawn(client, otto):
    save_shown(client, COIN, form("0.006"))
    save_shown(client, COIN, form("0.009", **LATER))
    save_shown(client, DIAMOND, form("0.008", confirmed="8000", **LATER))
    coin = CoinRate.objects.latest()
    assert DiamondRate.objects.latest().micros == 8_000 and coin.micros == 9_000

    address = f"/admin/wallet/coinrate/{coin.pk}/delete/"
    answer = client.post(address, {"post": "yes", "reason": "Not now"}, follow=True)

    assert "Without it a diamond is worth $0.008 and a coin costs $0.006" in answer.content.decode()
    assert CoinRate.objects.latest() == coin
    client.post(
        f"/admin/payouts/diamondrate/{DiamondRate.objects.latest().pk}/delete/", {"post": "yes", "reason": "No"}
    )
    client.post(address, {"post": "yes", "reason": "Not now"})
    assert (CoinRate.objects.count(), DiamondRate.objects.count()) == (2, 1)


# --- Packages: what a coin really costs -----------------------------------------------------------


def package_form(package, **changes):
    empty = dict.fromkeys(("new_cents", "new_from_0", "new_from_1", "retired_at_0", "retired_at_1"), "")
    inlines = {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0}
    return {"slug": package.slug, "coins": package.coins, **empty, **inlines, "reason": "A sale", **changes}


def change(client, package, **changes):
    return save_shown(client, f"/admin/wallet/coinpackage/{package.pk}/change/", package_form(package, **changes))


def price_of(package):
    return package.prices.latest().cents


def test_a_package_whose_coins_cost_less_than_their_diamonds_is_typed(client, otto):
    large = CoinPackage.objects.get(coins=10_000)
    tick = {"confirmed": "10000-4000"}

    asked = change(client, large, new_cents="40.00", **tick)
    assert "typed" in errors_of(asked) and "gains $0.001 with each coin" in asked.content.decode()
    assert price_of(large) == 100_00

    answer = change(client, large, new_cents="40.00", typed="$0.005 for $0.004", **tick)

    assert answer.status_code == 302

    assert price_of(large) == 40_00


def test_a_package_at_the_worth_of_its_diamonds_needs_no_words(client, otto):
    large = CoinPackage.objects.get(coins=10_000)

    answer = change(client, large, new_cents="50.00")

    assert answer.status_code == 302
    assert price_of(large) == 50_00


def test_a_new_package_is_looked_at_too(client, otto):
    new = {**package_form(CoinPackage(slug="huge", coins=20_000)), "new_cents": "60.00"}

    answer = save_shown(client, "/admin/wallet/coinpackage/add/", new)

    assert "typed" in errors_of(answer)
    assert not CoinPackage.objects.filter(slug="huge").exists()

    answer = save_shown(client, "/admin/wallet/coinpackage/add/", {**new, "typed": "$0.005 for $0.003"})

    assert answer.status_code == 302


def test_an_announced_price_that_prevents_a_loss_is_not_withdrawn(client, otto):
    large = CoinPackage.objects.get(coins=10_000)
    change(client, large, new_cents="60.00")
    change(client, large, new_cents="90.00", new_from_0=LATER["starts_at_0"], new_from_1="00:00")
    save_shown(client, DIAMOND, form("0.008", confirmed="8000", **LATER))
    announced = large.prices.latest()
    address = f"/admin/wallet/packageprice/{announced.pk}/delete/"
    assert (announced.cents, DiamondRate.objects.latest().micros) == (90_00, 8_000)

    refused = client.post(address, {"post": "yes", "reason": "Not now"}, follow=True)
    assert "Without it: From" in refused.content.decode() and "gains $0.002 with each coin" in refused.content.decode()
    assert large.prices.latest() == announced
    diamond = DiamondRate.objects.latest()
    client.post(f"/admin/payouts/diamondrate/{diamond.pk}/delete/", {"post": "yes", "reason": "No"})
    client.post(address, {"post": "yes", "reason": "Not now"})

    assert large.prices.latest().cents == 60_00


def test_a_diamond_is_held_against_the_cheapest_package_that_is_sold(client, otto):
    large = CoinPackage.objects.get(coins=10_000)
    change(client, large, new_cents="60.00")
    asked = save_shown(client, DIAMOND, form("0.007"))
    assert "type: $0.007 for $0.006" in asked.content.decode()

    now = timezone.localtime()
    change(client, large, retired_at_0=f"{now:%Y-%m-%d}", retired_at_1=f"{now:%H:%M:%S}")
    save_shown(client, DIAMOND, form("0.007"))
    assert DiamondRate.objects.at().micros == 7_000

    # Offered again, its coins would cost less than the diamond that has become dearer.
    answer = change(client, large)

    assert "typed" in errors_of(answer)

    answer = change(client, large, typed="$0.007 for $0.006")

    assert answer.status_code == 302


def test_at_the_start_there_is_no_loss():
    assert first_loss(since=timezone.now()) is None
