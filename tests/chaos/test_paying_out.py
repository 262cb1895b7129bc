"""Killed workers and a failing provider: the provider's total equals the books' total, to the cent.

A small share runs with every test run. The full one:
WITHDRAWALS=2000 KILLS=40 WORKERS=4 TEST_DATABASE=postgres .venv/bin/pytest -q -n 0 -s tests/chaos
"""

import os
import random
import time

import pytest

from payouts.diamonds import diamonds_of
from payouts.models import Withdrawal
from tests.chaos.workers import at_work, wait_until
from tests.factories import make_payout_account
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.paypal.bank import Bank
from tests.payouts.paypal.server import serve
from wallet import accounts, ledger
from wallet.books import check_books

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

WITHDRAWALS, KILLS, WORKERS = (int(os.environ.get(name, share)) for name, share in (
    ("WITHDRAWALS", 20), ("KILLS", 2), ("WORKERS", 2),
))  # fmt: skip
OUTCOMES = {"SUCCESS": 80, "FAILED": 5, "BLOCKED": 3, "RETURNED": 5, "REFUNDED": 4, "REVERSED": 3}
FAULTS = 0.2


def request_many(count):
    """Let creators ask for ten times $100 each, as much as a week allows."""
    while count > 0:
        creator = make_earner(200_000)
        account = make_payout_account(creator)
        for _ in range(min(10, count)):
            withdraw(creator, 100_00, account=account)
        count -= 10


def paypal_at(server):
    return {
        "PAYOUT_PROVIDER": "paypal",
        "PAYPAL_API": server.url,
        "PAYPAL_CLIENT_ID": server.bank.client_id,
        "PAYPAL_CLIENT_SECRET": server.bank.secret,
        "PAYPAL_WEBHOOK_ID": "look-alike",
        "PAYPAL_TIMEOUT_SECONDS": "0.5",
        "PAYOUT_LEASE_SECONDS": "9",
        "PAYOUT_ASK_SECONDS": "0.5",
    }


def test_workers_killed_again_and_again_pay_each_withdrawal_exactly_once(settings):
    settings.PAYOUT_PROVIDER = "paypal"
    request_many(WITHDRAWALS)
    chance = random.Random(WITHDRAWALS + KILLS)
    # Kill a worker after random numbers of payouts, while withdrawals are due.
    moments = iter([*sorted(chance.sample(range(1, WITHDRAWALS * 4 // 5), KILLS)), WITHDRAWALS + 1])
    next_kill = next(moments)

    with serve(Bank(seed=7, faults=FAULTS, outcomes=OUTCOMES, hang=1.5)) as provider:
        began = time.monotonic()
        with at_work(WORKERS, **paypal_at(provider)) as workers:

            def kill_when_due():
                nonlocal next_kill
                concluded = Withdrawal.objects.exclude(status__in=Withdrawal.OPEN).count()
                while concluded >= next_kill:
                    workers.kill_one(chance)
                    next_kill = next(moments)

            def nothing_open():
                return not Withdrawal.objects.filter(status__in=Withdrawal.OPEN).exists()

            wait_until(nothing_open, seconds=60 + WITHDRAWALS, meanwhile=kill_when_due)
        totals = provider.bank.totals()

    every = Withdrawal.objects.select_related("creator").order_by()
    paid = {str(pk): cents for pk, cents in every.filter(status="paid").values_list("pk", "cents")}
    assert workers.killed == KILLS
    assert every.count() == WITHDRAWALS
    assert totals["paid"] == paid
    assert totals["paid_more_than_once"] == []
    assert totals["paid_cents"] == ledger.balance(accounts.CENTS_CREATORS) == sum(paid.values())
    assert set(every.values_list("status", flat=True)) <= {"paid", "failed", "returned"}
    assert not every.exclude(attention="").exists()
    earned, redeemed = -ledger.balance(accounts.DIAMONDS_ISSUANCE), ledger.balance(accounts.DIAMONDS_REDEEMED)
    kept = sum(ledger.balance(diamonds_of(creator)) for creator in {one.creator for one in every})
    assert redeemed == sum(paid.values()) * 2
    assert earned == redeemed + kept
    assert check_books() == []
    del totals["paid"]
    print(f"\n{WITHDRAWALS} withdrawals, {WORKERS} workers, {KILLS} kills, {time.monotonic() - began:.0f} s:", totals)
