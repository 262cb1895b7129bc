"""Checkouts at a provider's own site, on PostgreSQL with real threads: events, workers and forms at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import make_recharge, make_user
from tests.races.threads import at_once, rounds
from tests.wallet.stripe.buying import deliver
from tests.wallet.stripe.conftest import stripe_server, till  # noqa: F401
from wallet.checkouts import ask_about_checkouts, checkout_address
from wallet.coins import coin_balance
from wallet.errands import Errand
from wallet.models import Checkout, PaymentEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PAGE = "http://testserver/wallet/recharge/"


@rounds
def test_one_event_delivered_32_times_at_once_is_kept_once_and_credits_once(round_, till):  # noqa: F811
    vera = make_user()
    recharge = make_recharge(vera)
    checkout_address(recharge, Errand(), page=PAGE)
    event = till.pay(till.session_of(recharge.pk))
    soon = timezone.now() + timedelta(seconds=10)

    outcomes = at_once(lambda _: deliver(event), range(32))
    asked = at_once(lambda _: ask_about_checkouts(now=soon), range(8), threads=8)

    assert set(outcomes) == {"asked: checkout.session.completed"}
    assert sum(asked) == 1
    assert PaymentEvent.objects.filter(event_id=event["id"]).count() == 1
    assert coin_balance(vera) == 100


@rounds
def test_eight_workers_share_twenty_checkouts_and_credit_each_once(round_, till):  # noqa: F811
    vera = make_user()
    for _ in range(20):
        recharge = make_recharge(vera)
        checkout_address(recharge, Errand(), page=PAGE)
        deliver(till.pay(till.session_of(recharge.pk)))
    soon = timezone.now() + timedelta(seconds=10)

    asked = at_once(lambda _: ask_about_checkouts(now=soon), range(8), threads=8)

    assert sum(asked) == 20
    assert coin_balance(vera) == 2_000
    assert set(Checkout.objects.values_list("state", flat=True)) == {"paid"}


@rounds
def test_form_sent_16_times_at_once_opens_one_checkout(round_, till):  # noqa: F811
    vera, recharge_id = make_user(), uuid4()

    def send(_):
        return checkout_address(make_recharge(vera, recharge_id=recharge_id), Errand(), page=PAGE)

    addresses = at_once(send, range(16))

    assert set(addresses) == {till.session_of(recharge_id)["url"]}
    assert len(till.sessions) == 1
