"""The form never offers an amount that is refused, and the server never accepts one above what is offered."""

import itertools
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings

from payouts import worth
from payouts.diamonds import diamonds_of
from payouts.models import DiamondRate, PayoutTerms, WeeklyAllowance
from payouts.withdrawals.allowance import Allowance, resets_at, week_of
from payouts.withdrawals.offers import USUAL_CENTS, Offer, offer_to
from payouts.withdrawals.withdrawals import WithdrawalRefused, quote
from tests.factories import make_payout_account, make_user
from tests.payouts.earning import make_earner, withdraw
from wallet.models import Account, Kind, Unit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = week_of(NOW)
# Dated rows may not start at the same moment, so each gets one of its own.
moments = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number) for number in itertools.count())


def offer(balance, micros=5_000, used=0, minimum=100_00, weekly=1000_00):
    terms = PayoutTerms(minimum_cents=minimum, weekly_cents=weekly, arrival_days=3, quote_seconds=60)
    rates = worth.Rates(10_000, micros, NOW)
    return Offer(balance, rates, terms, Allowance(WEEK, weekly, used, resets_at(WEEK)), NOW)


def accepted(offer, cents):
    """Return whether the rules accept the amount: an independent copy of the rules."""
    return (
        cents >= offer.terms.minimum_cents
        and offer.allowance.used_cents + cents <= offer.allowance.limit_cents
        and worth.cents_to_diamonds(cents, offer.rates.diamond_micros) <= offer.balance
    )


@given(
    balance=st.integers(0, 10**12),
    micros=st.integers(1, 1_000_000),
    used=st.integers(0, 1000_00),
    minimum=st.integers(1_00, 1000_00),
)
@example(balance=19_999, micros=5_000, used=0, minimum=100_00)
@example(balance=20_000, micros=5_000, used=900_00, minimum=100_00)
@example(balance=20_000, micros=5_000, used=900_01, minimum=100_00)
@example(balance=33_334, micros=3_000, used=0, minimum=100_00)
def test_every_offered_amount_is_accepted_and_one_cent_more_than_the_most_is_not(balance, micros, used, minimum):
    one = offer(balance, micros, used, minimum)

    assert all(accepted(one, cents) for cents in one.amounts)
    assert one.amounts == sorted(set(one.amounts))
    if one.most_cents:
        assert one.amounts[0] == minimum and one.amounts[-1] == one.most_cents
        assert one.suggested_cents in one.amounts
        assert not accepted(one, one.most_cents + 1)
        assert one.why_nothing == ""
    else:
        assert not accepted(one, minimum)
        assert one.amounts == [] and one.why_nothing


@given(balance=st.integers(0, 10**12), micros=st.integers(1, 1_000_000))
def test_dollars_shown_are_never_more_than_the_diamonds_are_worth(balance, micros):
    one = offer(balance, micros)

    assert one.available_cents * worth.MICROS_PER_CENT <= balance * micros
    assert balance * micros < (one.available_cents + 1) * worth.MICROS_PER_CENT
    assert bool(one.missing_cents) == bool(one.missing_diamonds)


def test_the_amounts_offered_are_the_minimum_the_usual_and_all():
    assert offer(62_480).amounts == [100_00, USUAL_CENTS, 312_40]
    assert offer(20_000).amounts == [100_00]
    assert offer(400_000, used=850_00).amounts == [100_00, 150_00]


@pytest.mark.parametrize(
    ("balance", "used", "sentence"),
    [
        (
            15_200,
            0,
            "The least you can withdraw at once is $100.00. You have $76.00, so $24.00 more is needed.",
        ),
        (
            60_000,
            960_00,
            "You can withdraw $40.00 more this week, and the least at once is $100.00. "
            "The limit resets on Monday 30 November at 00:00 UTC.",
        ),
        (
            60_000,
            1000_00,
            "You have withdrawn the $1,000.00 that can go in one week. "
            "The limit resets on Monday 30 November at 00:00 UTC.",
        ),
    ],
)
def test_when_nothing_can_go_the_rule_the_number_and_the_date_are_named(balance, used, sentence):
    assert offer(balance, used=used).why_nothing == sentence


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(micros=st.integers(2_000, 20_000))
def test_at_odd_rates_the_server_takes_what_is_offered_and_nothing_above_it(cleo, micros):
    DiamondRate.objects.create(micros=micros, reason_given="Odd on purpose")
    one, account = offer_to(cleo), cleo.payout_accounts.get()

    for cents in one.amounts:
        quoted = quote(creator=cleo, account=account, cents=cents)

        assert quoted.diamonds <= one.balance
    with pytest.raises(WithdrawalRefused):
        quote(creator=cleo, account=account, cents=(one.most_cents or one.terms.minimum_cents - 1) + 1)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    balance=st.one_of(st.integers(0, 300_000), st.integers(0, 10**12)),
    used=st.one_of(st.integers(0, 1000_00), st.sampled_from([0, 750_00, 900_00, 900_01, 999_99, 1000_00])),
    micros=st.one_of(st.sampled_from([5_000, 4_800, 3_333]), st.integers(1, 1_000_000)),
)
@example(balance=20_000, used=900_00, micros=5_000)
@example(balance=19_999, used=0, micros=5_000)
@example(balance=10**12, used=0, micros=1)
def test_whatever_was_earned_and_used_the_server_takes_every_offer_and_not_a_cent_above_the_most(
    newcomer, balance, used, micros
):
    Account.objects.filter(pk=diamonds_of(newcomer).pk).update(balance=balance)
    WeeklyAllowance.objects.filter(creator=newcomer).update(used_cents=used)
    DiamondRate.objects.create(micros=micros, reason_given="Odd", starts_at=next(moments))
    account = newcomer.payout_accounts.get()

    with time_machine.travel(NOW, tick=False):
        one = offer_to(newcomer)

    assert (one.balance, one.allowance.used_cents, one.rates.diamond_micros) == (balance, used, micros)
    for cents in {*one.amounts, *([one.suggested_cents] if one.most_cents else [])}:
        quoted = quote(creator=newcomer, account=account, cents=cents, now=NOW)

        assert quoted.cents == cents
    for cents in {(one.most_cents or one.terms.minimum_cents - 1) + 1, one.terms.minimum_cents - 1}:
        with pytest.raises(WithdrawalRefused):
            quote(creator=newcomer, account=account, cents=cents, now=NOW)


@pytest.fixture
def newcomer(db):
    """A creator whose balance is written to the row without a transfer, which is faster than earning."""
    newcomer = make_user("Cleo")
    make_payout_account(newcomer)
    account = diamonds_of(newcomer)
    Account.objects.create(name=account.name, unit=Unit.DIAMOND, kind=Kind.GUARDED, owner=newcomer, balance=0)
    WeeklyAllowance.objects.create(creator=newcomer, week=WEEK, limit_cents=1000_00)
    return newcomer


@pytest.fixture
def cleo(db):
    cleo = make_earner(54_321)
    make_payout_account(cleo)
    return cleo


def test_an_offer_is_one_query_and_knows_the_week(cleo, django_assert_num_queries):
    withdraw(cleo, 120_00, now=NOW)

    with time_machine.travel(NOW, tick=False), django_assert_num_queries(1):
        one = offer_to(cleo)

    assert (one.balance, one.allowance.used_cents, one.allowance.left_cents) == (30_321, 120_00, 880_00)
    assert (str(one.arrives_by), one.left_after(100_00)) == ("2026-11-28", 780_00)
    assert one.rates.diamond_micros == 5_000 and one.rates.coin_micros == 10_000
