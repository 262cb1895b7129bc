"""The platform's sums by day: recharges, gifts, payouts, fees and people, closed once a day is over."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from live.desk.days import Figures, close_days, sum_days
from live.models import ClosedDay
from live.sessions.sessions import end_session
from payouts.gateways import Answer, PayoutAnswer
from payouts.withdrawals.transitions import record_answer
from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.payouts.earning import make_earner, nobody_needs_followers, withdraw
from wallet.books import check_books

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def answer(withdrawal, what, *, now, **options):
    return record_answer(withdrawal, PayoutAnswer(what, reference="R-1", **options), by="sandbox", now=now)


def make_monday():
    """Vera buys 500 coins, Vito starts a recharge and leaves it, and Vera gives two Pandas in a live that ends."""
    with time_machine.travel(noon(MONDAY), tick=False):
        nobody_needs_followers()
        vera, vito = make_user("Vera"), make_user("Vito")
        confirm(make_recharge(vera, package=package_of(500)))
        make_recharge(vito, package=package_of(100))
        session = make_session(make_creator("Cleo", followers=0))
        tap(vera, session, quantity=2)
        end_session(session, by="creator")


def test_a_day_is_its_recharges_gifts_and_people():
    make_monday()

    assert sum_days() == {
        MONDAY: Figures(
            recharges=1, coins=500, cents=500, lives=1, gifts=2, points=10, gift_cents=10, kept_micros=50_000,
            gifters=1, new_people=3,
        )
    }  # fmt: skip


def test_a_withdrawal_counts_when_it_is_paid_and_below_zero_when_it_comes_back():
    with time_machine.travel(noon(MONDAY), tick=False):
        withdrawal = withdraw(make_earner(20_000))
        answer(withdrawal, Answer.PENDING, now=noon(MONDAY))
    answer(withdrawal, Answer.PAID, now=noon(TUESDAY), status="SUCCESS", cents=100_00, fee_cents=25)
    answer(withdrawal, Answer.RETURNED, now=noon(WEDNESDAY), status="RETURNED", cents=100_00, fee_cents=20)

    sums = sum_days(TUESDAY)

    assert sums[TUESDAY] == Figures(payouts=1, paid_cents=100_00, fee_cents=25)
    assert sums[WEDNESDAY] == Figures(payouts=-1, paid_cents=-100_00, fee_cents=-5)


def test_bounds_are_the_first_day_and_the_day_after_the_last():
    make_monday()

    assert list(sum_days(MONDAY, TUESDAY)) == [MONDAY]
    assert sum_days(TUESDAY) == {}
    assert sum_days(None, MONDAY) == {}


def test_days_are_summed_by_two_queries(django_assert_num_queries):
    make_monday()

    with django_assert_num_queries(2):
        sum_days()


def test_a_day_is_closed_an_hour_after_its_end_and_once():
    make_monday()

    with time_machine.travel(noon(MONDAY) + timedelta(hours=12, minutes=59)):
        closed = close_days()

    assert closed == 0 or ClosedDay.objects.latest("day").day < MONDAY
    with time_machine.travel(noon(WEDNESDAY)):
        closed, again = close_days(), close_days()

    monday, tuesday = ClosedDay.objects.filter(day__gte=MONDAY).order_by("day")
    assert (closed >= 2, again) == (True, 0)
    assert (monday.day, monday.cents, monday.gift_cents, monday.creators) == (MONDAY, 500, 10, None)
    assert (tuesday.day, tuesday.cents, tuesday.creators) == (TUESDAY, 0, 1)


def test_kept_is_what_creators_dont_get_less_the_fees_of_payouts():
    figures = Figures(kept_micros=500_000, fee_cents=7)

    assert figures.kept_cents == 43


@pytest.mark.spoils_books
@pytest.mark.parametrize("column", ["cents", "points", "kept_micros", "paid_cents", "gift_cents"])
def test_books_tell_a_closed_day_whose_money_is_wrong(column):
    make_monday()
    with time_machine.travel(noon(WEDNESDAY)):
        close_days()
    assert check_books() == []

    ClosedDay.objects.filter(day=MONDAY).update(**{column: 7})

    assert len(check_books()) == 1
    assert check_books()[0].startswith(f"closed day {MONDAY}: {column} is 7, ")


@pytest.mark.spoils_books
def test_books_tell_a_closed_day_that_is_missing_between_others():
    make_monday()
    with time_machine.travel(noon(WEDNESDAY) + timedelta(days=2)):
        close_days()

    ClosedDay.objects.filter(day=WEDNESDAY).delete()

    assert check_books() == ["closed days: 3 from 2026-11-09 to 2026-11-12, and every day between has a row"]
