"""Statements: each line equals the books, months add up to years, and only their creator sees them."""

import os
from datetime import UTC, datetime, timedelta

import hypothesis
import hypothesis.strategies as st
import pytest
import time_machine
from django.db import transaction

from live.models import StatementLine
from live.statements.closed import close_months
from live.statements.proof import FLOWS, discrepancies_in
from live.statements.statements import Period, Statement, every_statement, lines_of, months_of
from payouts.models import DiamondRate
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from payouts.withdrawals.withdrawals import cancel_withdrawal
from people.refusals import Refusal
from tests.factories import make_payout_account
from tests.live.statements.stating import a_year_of_cleo, proved, set_rate
from tests.payouts.earning import earn, make_earner, mark_sent, withdraw
from wallet.books import check_books
from wallet.models import CoinRate

pytestmark = pytest.mark.django_db
FIGURES = ("opening", "closing", "pending_before", "pending", *FLOWS)


# --- The figures ----------------------------------------------------------------------------------


def test_a_month_with_one_live_and_one_paid_withdrawal(clock):
    clock(11, 3)
    cleo = make_earner(60_000)
    clock(11, 5)
    mark_paid(withdraw(cleo, 150_00), reference="p-1", by="paypal")

    month = proved(cleo, 2026, 11)

    assert (month.opening, month.earned.diamonds, month.requested.diamonds, month.closing) == (
        0,
        60_000,
        30_000,
        30_000,
    )
    assert (month.earned.count, month.coins) == (1, 60_000)
    assert (month.viewers_micros, month.commission_micros, month.earned_micros) == (
        600_000_000,
        300_000_000,
        300_000_000,
    )
    assert month.earned_at == [(5_000, 60_000, 300_000_000)]
    assert month.paid == (1, 30_000, 150_00)
    assert month.pending == month.given_back == (0, 0, 0)


def test_a_year_of_everything_that_can_happen(clock):
    cleo = a_year_of_cleo(clock)

    february, march, april, may, june, august = (proved(cleo, 2026, month) for month in (2, 3, 4, 5, 6, 8))
    year = proved(cleo, 2026)

    assert (february.earned.diamonds, february.paid, february.closing) == (60_000, (1, 30_000, 150_00), 30_000)
    assert march.earned_at == [(4_000, 10_001, 40_004_000)]
    assert (march.viewers_micros, march.commission_micros) == (100_010_000, 60_006_000)
    assert (march.requested, march.given_back, march.closing) == ((1, 25_000, 100_00), (1, 25_000, 100_00), 40_001)
    assert (april.lines, april.opening, april.closing) == ([], 40_001, 40_001)
    assert may.came_back == (1, 30_000, 150_00)
    assert may.stopped == (1, 25_000, 100_00)
    assert (may.pending, may.closing) == ((1, 50_000, 200_00), 20_001)
    assert (june.pending_before, june.paid, june.pending) == ((1, 50_000, 200_00), (1, 50_000, 200_00), (0, 0, 0))
    assert (august.earned.diamonds, august.pending, august.closing) == (10_000, (1, 25_000, 100_00), 5_001)
    assert year.earned_at == [(4_000, 20_001, 80_004_000), (5_000, 60_000, 300_000_000)]
    assert year.earned_micros == 380_004_000
    assert (year.paid, year.came_back, year.kept) == ((2, 80_000, 350_00), (1, 30_000, 150_00), (1, 50_000, 200_00))
    assert [month.period.month for month in months_of(year)] == [2, 3, 5, 6, 8]


def test_closed_months_say_the_same_as_open_ones(clock):
    cleo = a_year_of_cleo(clock)
    periods = [(2026, month) for month in range(1, 9)] + [(2026,)]
    before = [proved(cleo, *period) for period in periods]
    closed = close_months()

    assert closed > 0

    after = [proved(cleo, *period) for period in periods]

    for old, new in zip(before, after, strict=True):
        for figure in FIGURES:
            assert getattr(new, figure) == getattr(old, figure), (new.period.name, figure)
    assert StatementLine.objects.filter(month__month=7).count() == 0
    assert check_books() == []


def test_the_month_is_that_of_utc(clock):
    """In Lisbon it was already November, in New York still October."""
    clock(10, 31, 23)
    cleo = make_earner(100)
    clock(11, 1, 0)
    earn(cleo.creator, 200)

    assert proved(cleo, 2026, 10).earned.diamonds == 100
    assert proved(cleo, 2026, 11).earned.diamonds == 200


def test_the_face_value_is_that_of_the_moment_of_settling(clock):
    clock(4)
    cleo = make_earner(1_000)
    clock(5)
    set_rate(20_000, CoinRate)
    earn(cleo.creator, 1_000)

    assert proved(cleo, 2026, 4).viewers_micros == 10_000_000
    assert (proved(cleo, 2026, 5).viewers_micros, proved(cleo, 2026, 5).commission_micros) == (20_000_000, 15_000_000)
    assert proved(cleo, 2026).viewers_micros == 30_000_000


def test_a_live_without_a_gift_is_a_live(clock):
    clock(4)
    cleo = make_earner(0)
    earn(cleo.creator, 0)

    month = proved(cleo, 2026, 4)
    assert (month.earned.count, month.gifts, month.earned_at, month.is_empty) == (1, 0, [], False)


def test_the_proof_finds_a_diamond_too_many(clock):
    clock(4)
    cleo = make_earner(1_000)
    lines = lines_of(cleo)
    lines[0].diamonds += 1

    wrong = discrepancies_in(Statement(Period(2026, 4), lines), cleo)

    assert any("April 2026, earned: the statement says 1001, the books 1000" in sentence for sentence in wrong)
    assert any("closing" in sentence for sentence in wrong)


deeds = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 50)),
    st.tuples(st.just("earn"), st.sampled_from([1, 99, 7_777, 20_000, 61_003])),
    st.tuples(st.just("rate"), st.integers(1_000, 9_000)),
    st.tuples(st.just("coin"), st.integers(9_000, 12_000)),
    st.tuples(st.just("withdraw"), st.sampled_from([100_00, 123_45, 500_00])),
    st.tuples(st.sampled_from(["sent", "paid", "failed", "returned", "cancel"]), st.integers(0, 9)),
    st.tuples(st.just("close"), st.just(0)),
)


@hypothesis.given(st.lists(deeds, min_size=12, max_size=30))
@hypothesis.settings(
    max_examples=12 * int(os.environ.get("ROUNDS", "1")), suppress_health_check=list(hypothesis.HealthCheck)
)
def test_whatever_happens_every_month_and_year_adds_up_to_the_books(happening):
    with transaction.atomic(), time_machine.travel(datetime(2025, 10, 5, 12, tzinfo=UTC), tick=False) as travel:
        cleo = make_earner(60_000)
        account = make_payout_account(cleo)
        for deed, number in happening:
            travel.shift(timedelta(hours=1))
            do(deed, number, cleo, account, travel)
        travel.shift(timedelta(days=40))
        assert check_books() == []
        for year, months in every_statement(cleo):
            assert discrepancies_in(year, cleo) == []
            assert [found for month in months for found in discrepancies_in(month, cleo)] == []
        close_months()
        for year, months in every_statement(cleo):
            assert [found for statement in [year, *months] for found in discrepancies_in(statement, cleo)] == []
        assert check_books() == []
        transaction.set_rollback(True)


def do(deed, number, cleo, account, travel):
    """Run one step; a refusal of the rules counts as no step."""
    every = list(cleo.withdrawals.order_by("requested_at"))
    one = every[number % len(every)] if every else None
    try:
        match deed:
            case "wait":
                travel.shift(timedelta(days=number))
            case "earn":
                earn(cleo.creator, number)
            case "rate" | "coin":
                set_rate(number, DiamondRate if deed == "rate" else CoinRate)
            case "withdraw":
                withdraw(cleo, number, account=account)
            case "close":
                close_months()
            case _ if one:
                answer(one, deed)
    except Refusal:
        pass


def answer(withdrawal, deed):
    """Move a withdrawal on: its creator cancels it, or the provider reports a status."""
    if deed == "cancel":
        cancel_withdrawal(withdrawal, by=withdrawal.creator.email)
    elif deed == "sent":
        mark_sent(withdrawal, reference="p", by="paypal")
    elif deed == "paid":
        mark_paid(withdrawal, reference="p", by="paypal")
    else:
        return_withdrawal(withdrawal, status=deed, by="paypal", why="Closed.")
