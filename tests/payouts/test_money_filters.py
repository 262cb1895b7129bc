"""How amounts are written, by exact example."""

import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from payouts import money
from payouts.worth import Rates

pytestmark = pytest.mark.once

NOW = Rates(10_000, 5_000)


def written(template, **values):
    return engines["django"].from_string("{{ " + template + " }}").render({"rates": NOW, **values})


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (999, "999"), (62_480, "62,480"), (10**15, f"{10**15:,}")])
def test_whole_numbers_have_thousands(number, text):
    assert written("n|whole", n=number) == text


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "$0.00"), (5, "$0.05"), (31_240, "$312.40"), (9_999, "$99.99"), (100_000, "$1,000.00"), (-31_240, "-$312.40")],
)
def test_cents_are_written_as_dollars(cents, text):
    assert written("n|usd", n=cents) == text


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (100_000, "1000.00")])
def test_machines_get_a_bare_number(cents, text):
    assert written("n|plain_usd", n=cents) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (5_000, "$0.005"),
        (25_000, "$0.025"),
        (50_000, "$0.05"),
        (500_000, "$0.50"),
        (50_000_000, "$50.00"),
        (1_234_567_890_000, "$1,234,567.89"),
        (-25_000, "-$0.025"),
    ],
)
def test_micros_are_written_with_the_digits_they_need_and_at_least_two(micros, text):
    assert written("n|usd_exact", n=micros) == text


def test_panda_in_coins_and_in_diamonds():
    assert written("5|coins_usd:rates") == "$0.05"
    assert written("5|diamonds_usd_exact:rates") == "$0.025"


def test_diamonds_are_never_shown_as_more_than_they_are():
    assert written("19999|diamonds_usd:rates") == "$99.99"
    assert written("20000|diamonds_usd:rates") == "$100.00"


def test_share_is_written_in_whole_percent():
    assert written("25000|percent_of:50000") == "50"
    assert written("0|percent_of:0") == "0"


@given(st.integers(-(10**18), 10**18))
def test_what_is_written_is_the_number_and_nothing_less(micros):
    text = money.usd_exact(micros).replace("$", "").replace(",", "")
    sign = -1 if text.startswith("-") else 1
    dollars, digits = text.lstrip("-").split(".")
    assert sign * (int(dollars) * 1_000_000 + int(digits.ljust(6, "0"))) == micros
