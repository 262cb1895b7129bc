"""Points of a session: the same number with and without a tally, however many lives are asked for at once."""

import pytest

from live import tallies
from live.models import SessionTally
from live.tallies import Totals, tally_sessions, totals_of
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lives(monkeypatch):
    monkeypatch.setattr(tallies, "TALLY_EVERY", 3)
    return [make_session(make_creator(name, followers=1_000)) for name in ("Cleo", "Nova")]


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)


def test_nothing_was_given_yet(lives):
    assert totals_of(lives) == {live.pk: Totals(0, 0) for live in lives}


def test_tally_moves_on_and_the_total_stays_true(lives, vera):
    cleo, nova = lives
    for quantity in (1, 2, 3):
        tap(vera, cleo, gift="panda", quantity=quantity)
    tap(vera, nova, gift="clover")
    expected = {cleo.pk: Totals(30, 6), nova.pk: Totals(25, 1)}
    assert totals_of(lives) == expected

    assert tally_sessions() == 1
    assert (SessionTally.objects.get().points, SessionTally.objects.get().gifts) == (30, 6)
    assert totals_of(lives) == expected

    tap(vera, cleo, gift="spark")
    assert totals_of(lives)[cleo.pk] == (31, 7)
    assert tally_sessions() == 0
    for _ in range(2):
        tap(vera, cleo, gift="spark")
    assert tally_sessions() == 1
    assert SessionTally.objects.get().points == 33
    assert totals_of(lives)[cleo.pk] == (33, 9)


def test_totals_of_one_and_of_three_lives_take_one_statement(lives, vera, django_assert_num_queries):
    tap(vera, lives[0])
    lives.append(make_session(make_creator("Dora", followers=0)))
    for some in (lives[:1], lives):
        with django_assert_num_queries(1):
            assert totals_of(some)[lives[0].pk] == (5, 1)
