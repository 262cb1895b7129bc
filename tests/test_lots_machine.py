"""A state machine of lots: people buy, give, live and withdraw, transfers are taken back, and all parts add up."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import hypothesis
import hypothesis.strategies as st
import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from live.gifts.taps import NotEnoughCoins
from live.models import GiftTap
from live.sessions.sessions import end_session, start_session
from payouts.models import PayoutTerms
from payouts.withdrawals import transitions, withdrawals
from people.refusals import Refusal
from tests.factories import confirm, make_creator, make_payout_account, make_recharge, make_user, package_of, tap
from tests.payouts.earning import nobody_needs_followers
from tests.tracing import assert_chains_are_the_withdrawals, assert_lots_are_the_books
from wallet import ledger
from wallet.models import Reason, Transfer

PRICES = {"spark": 1, "panda": 5, "clover": 25, "encore": 100, "spotlight": 500}


class LotsMachine(RuleBasedStateMachine):
    """Vera and Mallory buy at changing prices and give, Cleo and Nova live and withdraw; operators take back."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    @initialize()
    def meet(self):
        self.clock = time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)
        self.time = self.clock.start()
        nobody_needs_followers()
        PayoutTerms.objects.create(minimum_cents=100, weekly_cents=1_000_00, reason_given="Small ones.")
        self.viewers = [make_user("Vera"), make_user("Mallory")]
        self.creators = [make_creator(name, followers=0) for name in ("Cleo", "Nova")]
        self.accounts = {creator.pk: make_payout_account(creator.user) for creator in self.creators}
        self.lives, self.requested = {}, []

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(who=st.integers(0, 1), coins=st.sampled_from([100, 300, 2_500]), cents=st.integers(1, 2_000))
    def buy(self, who, coins, cents):
        self.time.shift(timedelta(seconds=1))
        package = package_of(coins)
        package.prices.create(cents=cents, reason_given="Tried out")
        confirm(make_recharge(self.viewers[who], package=package))

    @rule(whose=st.integers(0, 1))
    def go_live(self, whose):
        creator = self.creators[whose]
        self.lives[creator.pk] = start_session(creator=creator, title="Strings by request")

    @precondition(lambda self: self.lives)
    @rule(data=st.data(), who=st.integers(0, 1), gift=st.sampled_from([*PRICES]), quantity=st.integers(1, 9))
    def give(self, data, who, gift, quantity):
        session = data.draw(st.sampled_from([*self.lives.values()]))
        try:
            tap(self.viewers[who], session, gift_slug=gift, quantity=quantity, price=PRICES[gift], tap_id=uuid4())
        except NotEnoughCoins:
            return

    @precondition(lambda self: self.lives)
    @rule(data=st.data())
    def end_the_live(self, data):
        _, session = self.lives.popitem() if len(self.lives) == 1 else (None, self.lives.pop(min(self.lives)))
        end_session(session, by="creator")

    @rule(whose=st.integers(0, 1), cents=st.integers(100, 500))
    def withdraw(self, whose, cents):
        creator = self.creators[whose]
        try:
            one = withdrawals.quote(creator=creator.user, account=self.accounts[creator.pk], cents=cents)
            self.requested.append(withdrawals.request_withdrawal(quote=one, creator=creator.user))
        except Refusal:
            return

    @precondition(lambda self: self.requested)
    @rule(data=st.data(), status=st.sampled_from(["paid", "failed", "returned"]))
    def provider_answers(self, data, status):
        one = data.draw(st.sampled_from(self.requested))
        if status == "paid":
            transitions.mark_paid(one, reference="x", by="provider")
        else:
            transitions.return_withdrawal(one, status=status, by="provider", why="No such account.")

    @rule(data=st.data(), reason=st.sampled_from([Reason.RECHARGE, Reason.GIFT]))
    def take_back(self, data, reason):
        """Reverse a recharge, a gift of a running live, or a reversal of one of them."""
        running = [session.pk for session in self.lives.values()]
        settled = GiftTap.objects.exclude(session__in=running).values("tap_id")
        transfers = Transfer.objects.filter(reason=reason, reversed_by=None).exclude(reference__in=settled)
        if found := list(transfers.order_by("id")):
            try:
                ledger.reverse(found[data.draw(st.integers(0, len(found) - 1))])
            except ledger.NotEnough:
                return

    @rule()
    def money_is_followed_to_its_ends(self):
        assert_chains_are_the_withdrawals()

    @invariant()
    def lots_are_the_books(self):
        if hasattr(self, "viewers"):
            assert_lots_are_the_books()


@pytest.mark.spoils_books  # a transfer that is taken back by hand has no cause
@pytest.mark.django_db
def test_the_parts_of_all_lots_add_up_to_the_books_whatever_happens(settings):
    settings.TAPS_PER_SECOND = 1_000_000
    run_state_machine_as_test(
        LotsMachine,
        settings=hypothesis.settings(
            max_examples=int(os.environ.get("ROUNDS", "1")) * 4,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
