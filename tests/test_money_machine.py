"""A state machine of the whole economy: any actions in any order, and the books are right after each step."""

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

from live.gifts.catalog import set_price
from live.gifts.taps import NotEnoughCoins, PriceChanged, TapRefused
from live.models import Gift, LiveTerms
from live.sessions.sessions import end_session, start_session
from payouts import worth
from payouts.diamonds import diamond_balance
from payouts.models import DiamondRate
from payouts.withdrawals import transitions, withdrawals
from payouts.withdrawals.sending import send_withdrawals
from people.refusals import Refusal
from tests.factories import make_creator, make_payout_account, make_user, package_of, tap
from tests.payouts.earning import mark_sent
from tests.tracing import assert_lots_are_the_books
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.gateways.sandbox import gateway
from wallet.recharges import fail_recharge, receive_message, start_recharge

GIFTS = ["panda", "encore", "drama-queen", "supernova"]


class MoneyMachine(RuleBasedStateMachine):
    """Vera recharges and taps, Cleo lives and withdraws, Otto changes numbers, providers answer as they like."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    @initialize()
    def meet(self):
        self.clock = time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)
        self.time = self.clock.start()
        LiveTerms.objects.create(
            followers_needed=0, largest_gift_coins=10_000, abandoned_after_minutes=15, reason_given="Nobody is needed"
        )
        self.vera, self.otto = make_user("Vera"), make_user("Otto")
        self.cleo = make_creator(followers=0)
        self.account = make_payout_account(self.cleo.user)
        self.failing = make_payout_account(self.cleo.user, receiver="fail@example.com")
        self.coins = 0
        self.recharges, self.taps, self.quotes, self.requested, self.session = [], [], [], [], None

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(minutes=st.integers(1, 60 * 24 * 5))
    def time_passes(self, minutes):
        self.time.shift(timedelta(minutes=minutes))

    @rule(coins=st.sampled_from([100, 1_000, 10_000]))
    def start_a_recharge(self, coins):
        self.recharges.append(
            start_recharge(user=self.vera, package=package_of(coins), method="card", recharge_id=uuid4())
        )

    @precondition(lambda self: self.recharges)
    @rule(data=st.data(), outcome=st.sampled_from(["paid", "paid", "declined"]))
    def provider_speaks(self, data, outcome):
        recharge = data.draw(st.sampled_from(self.recharges))
        recharge.refresh_from_db()
        was = recharge.status
        receive_message("sandbox", *gateway.decide(recharge, outcome))
        if outcome == "paid" and was != "confirmed":
            self.coins += recharge.coins

    @precondition(lambda self: self.recharges)
    @rule(data=st.data())
    def recharge_is_abandoned(self, data):
        fail_recharge(data.draw(st.sampled_from(self.recharges)).pk, by="worker", why="Not paid")

    @precondition(lambda self: self.session is None)
    @rule()
    def go_live(self):
        self.session = start_session(creator=self.cleo, title="Friday strings")

    @precondition(lambda self: self.session)
    @rule(gift=st.sampled_from(GIFTS), quantity=st.integers(1, 99), wrong_by=st.sampled_from([0, 0, 0, 1]))
    def tap_a_gift(self, gift, quantity, wrong_by):
        price = Gift.objects.get(slug=gift).prices.at().coins + wrong_by
        tap_id = uuid4()
        try:
            tap(self.vera, self.session, gift_slug=gift, quantity=quantity, price=price, tap_id=tap_id)
        except PriceChanged:
            assert wrong_by
        except NotEnoughCoins:
            assert self.coins < price * quantity
        else:
            assert not wrong_by
            self.coins -= price * quantity
            self.taps.append((self.session, gift, quantity, price, tap_id))

    @precondition(lambda self: self.taps)
    @rule(data=st.data())
    def tap_again_with_the_same_id(self, data):
        session, gift, quantity, price, tap_id = data.draw(st.sampled_from(self.taps))
        tapped = tap(self.vera, session, gift_slug=gift, quantity=quantity, price=price, tap_id=tap_id)

        assert tapped.is_repeat

    @precondition(lambda self: self.taps)
    @rule(data=st.data())
    def same_id_for_another_gift_is_refused(self, data):
        session, gift, quantity, price, tap_id = data.draw(st.sampled_from(self.taps))
        try:
            tap(self.vera, session, gift_slug=gift, quantity=quantity % 99 + 1, price=price, tap_id=tap_id)
        except TapRefused:
            return
        raise AssertionError("a tap id was used twice")

    @precondition(lambda self: self.session)
    @rule()
    def end_the_live(self):
        before = diamond_balance(self.cleo.user)
        settlement = end_session(self.session, by="creator")
        ended = end_session(self.session, by="creator")

        assert ended.pk == settlement.pk
        assert diamond_balance(self.cleo.user) == before + settlement.points
        self.session = None

    @rule(coins=st.integers(1, 10_000), gift=st.sampled_from(GIFTS))
    def otto_changes_a_price(self, coins, gift):
        self.time.shift(timedelta(seconds=1))
        set_price(Gift.objects.get(slug=gift), coins, by=self.otto, reason="Tried out")

    @rule(micros=st.integers(1_000, 9_000))
    def otto_changes_the_rate(self, micros):
        self.time.shift(timedelta(seconds=1))
        DiamondRate.objects.create(micros=micros, set_by=self.otto, reason_given="Tried out")

    @rule(cents=st.sampled_from([99_99, 100_00, 250_00, 700_00, 1_000_00, 1_000_01]), failing=st.booleans())
    def ask_for_a_quote(self, cents, failing):
        account = self.failing if failing else self.account
        try:
            one = withdrawals.quote(creator=self.cleo.user, account=account, cents=cents)
        except Refusal:
            return
        assert worth.diamonds_to_cents(one.diamonds, one.rate.micros) >= cents
        self.quotes.append(one)

    @precondition(lambda self: self.quotes)
    @rule(data=st.data())
    def withdraw(self, data):
        try:
            one = withdrawals.request_withdrawal(quote=data.draw(st.sampled_from(self.quotes)), creator=self.cleo.user)
        except Refusal:
            return
        self.requested.append(one)

    @precondition(lambda self: self.requested)
    @rule(data=st.data())
    def cancel(self, data):
        try:
            withdrawals.cancel_withdrawal(data.draw(st.sampled_from(self.requested)), by="creator")
        except Refusal:
            return

    @rule()
    def worker_sends(self):
        send_withdrawals()

    @precondition(lambda self: self.requested)
    @rule(data=st.data(), status=st.sampled_from(["sent", "paid", "failed", "returned"]))
    def provider_answers_out_of_order(self, data, status):
        one = data.draw(st.sampled_from(self.requested))
        if status == "sent":
            mark_sent(one, reference="x", by="provider")
        elif status == "paid":
            transitions.mark_paid(one, reference="x", by="provider")
        else:
            transitions.return_withdrawal(one, status=status, by="provider", why="No such account.")

    @invariant()
    def books_are_right(self):
        assert check_books() == []

    @invariant()
    def lots_are_the_books(self):
        assert_lots_are_the_books()

    @invariant()
    def vera_has_what_she_bought_and_did_not_spend(self):
        if hasattr(self, "vera"):
            assert coin_balance(self.vera) == self.coins

    @invariant()
    def no_week_is_above_its_maximum(self):
        if hasattr(self, "cleo"):
            for week in self.cleo.user.weekly_allowances.all():
                assert week.used_cents <= 1_000_00


@pytest.mark.django_db
def test_the_books_are_right_whatever_people_do(settings):
    settings.TAPS_PER_SECOND = 1_000_000
    run_state_machine_as_test(
        MoneyMachine,
        settings=hypothesis.settings(
            max_examples=int(os.environ.get("ROUNDS", "1")) * 4,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
