"""The formulas: exact, in whole numbers, rounded down once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts import worth
from payouts.models import DiamondRate
from payouts.worth import Rates

pytestmark = pytest.mark.once

coins_ = st.integers(0, 10**12)
micros_ = st.integers(1, 1_000_000)
rates_ = st.builds(Rates, st.integers(100, 1_000_000), micros_)
NOW = Rates(10_000, 5_000)


def test_panda_costs_five_cents_of_which_half_goes_to_the_creator():
    assert worth.where_coins_go(5, NOW) == (5, 50_000, 25_000, 25_000)


def test_drama_queen_costs_50_dollars_of_which_half_goes_to_the_creator():
    assert worth.where_coins_go(5_000, NOW) == (5_000, 50_000_000, 25_000_000, 25_000_000)


def test_four_drama_queens_are_100_dollars():
    assert worth.diamonds_to_cents(4 * 5_000, 5_000) == 10_000
    assert worth.cents_to_diamonds(10_000, 5_000) == 20_000
    assert worth.cents_to_diamonds(100_000, 5_000) == 200_000


def test_one_diamond_short_of_100_dollars_is_99_99():
    assert worth.diamonds_to_cents(19_999, 5_000) == 9_999


def test_points_become_as_many_diamonds():
    assert worth.points_to_diamonds(18_420) == 18_420


@given(coins_, rates_)
def test_parts_add_up_to_what_was_paid_exactly(coins, rates):
    where = worth.where_coins_go(coins, rates)
    assert where.viewer_micros == where.creator_micros + where.platform_micros
    assert where.viewer_micros == coins * rates.coin_micros


@given(coins_, coins_, rates_)
def test_two_gifts_are_worth_what_they_are_worth_together(one, other, rates):
    together = worth.where_coins_go(one + other, rates)
    apart = [worth.where_coins_go(coins, rates) for coins in (one, other)]
    assert together.creator_micros == sum(where.creator_micros for where in apart)


@given(coins_, micros_)
def test_cents_are_rounded_down_and_by_less_than_one(diamonds, micros):
    cents = worth.diamonds_to_cents(diamonds, micros)
    exact = diamonds * micros
    assert 0 <= exact - cents * worth.MICROS_PER_CENT < worth.MICROS_PER_CENT


@given(st.integers(1, 10**9), micros_)
def test_diamonds_asked_are_the_fewest_that_suffice(cents, micros):
    diamonds = worth.cents_to_diamonds(cents, micros)
    assert worth.diamonds_to_cents(diamonds, micros) >= cents
    assert worth.diamonds_to_cents(diamonds - 1, micros) < cents


@given(coins_, micros_)
def test_turning_diamonds_into_cents_and_back_never_takes_more_than_there_were(diamonds, micros):
    assert worth.cents_to_diamonds(worth.diamonds_to_cents(diamonds, micros), micros) <= diamonds


@given(st.integers(0, 10**9), st.integers(1, 10_000))
def test_cents_into_diamonds_and_back_are_the_same_cents_while_a_diamond_is_at_most_a_cent(cents, micros):
    assert worth.diamonds_to_cents(worth.cents_to_diamonds(cents, micros), micros) == cents


@given(coins_, micros_)
def test_taking_cents_apart_never_earns_more_than_taking_them_at_once(diamonds, micros):
    half = diamonds // 2
    apart = worth.diamonds_to_cents(half, micros) + worth.diamonds_to_cents(diamonds - half, micros)
    assert apart <= worth.diamonds_to_cents(diamonds, micros)


@pytest.mark.django_db
def test_rates_of_a_moment_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        rates = worth.rates_at()
    assert (rates.coin_micros, rates.diamond_micros) == (10_000, 5_000)


@pytest.mark.django_db
def test_rate_before_the_first_one_is_refused_not_guessed():
    first = DiamondRate.objects.earliest("starts_at").starts_at
    with pytest.raises(DiamondRate.DoesNotExist):
        worth.rates_at(first.replace(year=first.year - 1))
