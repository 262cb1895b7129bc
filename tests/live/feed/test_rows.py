"""The rows of the feed: one query whose text is built once, for every live of the process."""

import pytest

from live.feed.placing import place_taps
from live.feed.rows import COLUMNS, placed_taps, taps_behind
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)


@pytest.fixture
def live():
    return make_session(make_creator("Cleo", followers=1_000))


def value_of(row, column):
    for part in column.split("__"):
        row = getattr(row, part)
    return row


def test_row_is_what_the_orm_reads(live, vera, django_assert_num_queries):
    tap(vera, live, gift_slug="panda", quantity=3)
    place_taps(live)
    expected = placed_taps(live).get()

    with django_assert_num_queries(1):
        [row] = taps_behind(live, 0, 10)
        shown = {column: value_of(row, column) for column in COLUMNS}

    assert row == expected
    assert row.face == expected.face
    assert shown.pop("points_so_far") == 15
    assert shown == {column: value_of(expected, column) for column in shown}
    assert {column: type(value) for column, value in shown.items()} == {
        column: type(value_of(expected, column)) for column in shown
    }


def test_one_text_serves_two_lives_and_every_place(live, vera):
    other = make_session(make_creator("Nova", followers=1_000))
    mine = [tap(vera, live).id for _ in range(3)]
    theirs = tap(vera, other).id
    for session in (live, other):
        place_taps(session)

    rows = {place: [row.id for row in taps_behind(live, place, 10)] for place in (0, 2, 3)}

    assert rows == {0: mine, 2: mine[2:], 3: []}
    assert [row.id for row in taps_behind(other, 0, 10)] == [theirs]
    assert [row.id for row in taps_behind(live, 0, 2)] == mine[:2]


def test_field_that_no_row_shows_is_read_when_it_is_asked_for(live, vera, django_assert_num_queries):
    tap(vera, live)
    place_taps(live)
    [row] = taps_behind(live, 0, 10)

    with django_assert_num_queries(1):
        email = row.viewer.email

    assert email == vera.email
