"""Methods of several providers side by side: each recharge goes to the provider that was chosen."""

import re

import pytest

from live.demo.crowd import buy_coins
from live.desk.health import payment_providers_now
from tests.factories import make_user
from tests.wallet.paging import START, page_of, words
from tests.wallet.stripe.buying import choose, go_to_checkout, tell_and_ask
from wallet.coins import coin_balance
from wallet.gateways import offered_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(till, settings):
    """Take payments in the sandbox first, and at the look-alike beside it; return the look-alike's state."""
    settings.PAYMENT_PROVIDER = "sandbox,stripe"
    return till


def test_methods_of_all_providers_are_offered_and_those_of_the_first_keep_their_slugs(client, vera, both):
    page = words(client.get(START))

    assert re.findall(r'name="method" value="([\w-]+)"', page) == ["card", "paypal", "stripe-card", "stripe-bank"]
    assert "Test card ending 4242" in page and "A test at Stripe" in page


def test_each_recharge_goes_to_the_provider_that_was_chosen(client, vera, both):
    here = choose(client)
    client.post(here["Location"], {"outcome": "pay"})
    _, session = go_to_checkout(client, both, vera, method="stripe-card")
    tell_and_ask(both.pay(session))

    found = [(one.provider, one.method, one.status) for one in vera.recharges.order_by("started_at")]
    assert found == [("sandbox", "card", "confirmed"), ("stripe", "card", "confirmed")]
    assert coin_balance(vera) == 1_000


def test_the_order_of_the_setting_decides_which_slugs_stay(both, settings):
    settings.PAYMENT_PROVIDER = "stripe,sandbox"

    assert [one.value for one in offered_methods()] == ["card", "bank", "sandbox-card", "sandbox-paypal"]


def test_checkout_whose_answer_was_lost_is_opened_again_at_its_provider(client, vera, both, break_next):
    break_next("create", "503-after", "503-after")
    choose(client, method="stripe-bank")
    recharge = vera.recharges.get()

    page = words(client.get(page_of(recharge)))
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([\w-]+)"', page))
    again = client.post(START, fields)

    assert fields["method"] == "stripe-bank"
    assert again["Location"] == both.session_of(recharge.pk)["url"]


def test_same_id_at_another_provider_is_refused(client, vera, both):
    number = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    choose(client, recharge_id=number)

    answer = choose(client, recharge_id=number, method="stripe-card")

    assert answer.status_code == 409
    assert both.sessions == {}


@pytest.mark.parametrize("method", ["sandbox-card", "stripe", "stripe-", "-card", "card-stripe"])
def test_method_that_no_provider_has_is_422(client, vera, both, method):
    answer = choose(client, method=method)

    assert answer.status_code == 422
    assert "Choose how to pay." in words(answer)


def test_simulated_viewers_pay_in_the_sandbox_whatever_stands_first(both, settings):
    settings.PAYMENT_PROVIDER = "stripe,sandbox"
    vito = make_user("Vito")

    buy_coins(vito, 100)

    assert coin_balance(vito) >= 100
    assert vito.recharges.get().provider == "sandbox"


def test_desk_shows_each_provider(both):
    assert [provider.name for provider in payment_providers_now()] == ["sandbox", "stripe"]
