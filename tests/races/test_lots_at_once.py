"""Lots while people buy and give at once: whatever a reader sees, each gift is paid from lots to the last coin."""

import threading

import pytest
from django.db import connection

from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.payouts.earning import nobody_needs_followers
from tests.races.threads import at_once, raised, rounds
from tests.tracing import assert_lots_are_the_books
from wallet.coins import coins_of
from wallet.lots import lots_of
from wallet.replay import replay_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
COINS_OF_A_PANDA = 5


def unpaid_gifts(vera):
    """Return the transfers of a replay whose parts don't add up to a panda."""
    paid = {}
    for part in replay_of(coins_of(vera)):
        paid[part.transfer_id] = paid.get(part.transfer_id, 0) + part.units
    return [transfer_id for transfer_id, coins in paid.items() if coins != COINS_OF_A_PANDA]


@rounds
def test_each_gift_is_paid_from_lots_while_others_buy_and_give(round_, settings):
    settings.TAPS_PER_SECOND = 1_000_000
    nobody_needs_followers()
    vera, session, seen, over = make_user(coins=5), make_session(make_creator(followers=0)), [], threading.Event()

    def read():
        while not over.is_set():
            seen.append(unpaid_gifts(vera))
        connection.close()

    def buy_or_give(number):
        if number % 4 == 0:
            confirm(make_recharge(vera, package=package_of(100)))
        else:
            tap(vera, session)

    package_of(100)
    reader = threading.Thread(target=read)
    reader.start()
    results = at_once(buy_or_give, range(64), threads=16)
    over.set()
    reader.join()

    assert raised(results, AssertionError) == []
    assert len(seen) > 1 and not any(seen)
    assert len(lots_of(vera)) == 17
    assert_lots_are_the_books()
