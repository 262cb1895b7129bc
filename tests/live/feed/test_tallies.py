"""Points of sessions and their gifters: the same with and without a tally, in one query for many lives."""

import pytest
from django.db import IntegrityError, connection
from django.db.models import F

from live.feed import tallies
from live.feed.placing import place_taps
from live.feed.tallies import Totals, gifter_count, tally_sessions, totals_of
from live.gifts.taps import Tap
from live.models import GifterTally, SessionTally
from live.sessions.sessions import end_session
from tests.databases import without_triggers
from tests.factories import make_creator, make_session, make_user, tap
from tests.races.threads import at_once, rounds
from wallet.books import check_books

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lives(monkeypatch):
    monkeypatch.setattr(tallies, "TALLY_EVERY", 3)
    return [make_session(make_creator(name, followers=1_000)) for name in ("Cleo", "Nova")]


def test_nothing_was_given_yet(lives):
    assert totals_of(lives) == {live.pk: Totals(0, 0) for live in lives}


def test_tally_moves_on_and_the_total_stays_true(lives, vera):
    cleo, nova = lives
    for quantity in (1, 2, 3):
        tap(vera, cleo, gift_slug="panda", quantity=quantity)
    tap(vera, nova, gift_slug="clover")
    expected = {cleo.pk: Totals(30, 6), nova.pk: Totals(25, 1)}
    assert totals_of(lives) == expected

    tallied = tally_sessions()

    assert tallied == 1
    assert (SessionTally.objects.get().points, SessionTally.objects.get().gifts) == (30, 6)
    assert totals_of(lives) == expected

    tap(vera, cleo, gift_slug="spark")
    assert totals_of(lives)[cleo.pk] == (31, 7)

    tallied = tally_sessions()

    assert tallied == 0

    for _ in range(2):
        tap(vera, cleo, gift_slug="spark")
    tallied = tally_sessions()

    assert tallied == 1
    assert SessionTally.objects.get().points == 33
    assert totals_of(lives)[cleo.pk] == (33, 9)


def test_totals_of_one_and_of_three_lives_take_one_query(lives, vera, django_assert_num_queries):
    tap(vera, lives[0])
    lives.append(make_session(make_creator("Dora", followers=0)))
    for some in (lives[:1], lives):
        with django_assert_num_queries(1):
            assert totals_of(some)[lives[0].pk] == (5, 1)


# --- By gifter ----------------------------------------------------------------------------------


def gave(session):
    rows = session.gifter_tallies.values_list("viewer__name", "as_somebody", "points", "gifts")
    return {(name, as_somebody): (points, gifts) for name, as_somebody, points, gifts in rows}


def test_each_gifter_is_counted_with_the_tally_and_the_end_counts_the_rest(lives, vera):
    cleo, nova = lives
    imani = make_user("Imani", coins=1_000)
    for viewer in (vera, imani, imani):
        tap(viewer, cleo, gift_slug="panda", quantity=2)
    tally_sessions()
    assert gave(cleo) == {("Vera", False): (10, 2), ("Imani", False): (20, 4)}

    vera.is_somebody = True
    tap(vera, cleo, gift_slug="spark")
    tap(imani, cleo, gift_slug="spark")
    tap(vera, nova, gift_slug="clover")
    # Vera as Somebody counts as a second gifter: counting one would reveal her.
    assert (gifter_count(cleo), gifter_count(nova)) == (3, 1)
    assert gave(nova) == {}

    settlement = end_session(cleo, by="creator")
    assert (settlement.points, settlement.gifts, settlement.gifters) == (32, 8, 3)
    assert gave(cleo) == {("Vera", False): (10, 2), ("Vera", True): (1, 1), ("Imani", False): (21, 5)}
    first, last = cleo.gifter_tallies.filter(viewer=imani).values_list("first_gave_at", "last_gave_at").get()
    taps = cleo.taps.filter(viewer=imani).values_list("created_at", flat=True)
    assert (first, last) == (taps[0], taps[2])


@pytest.mark.spoils_books
@pytest.mark.parametrize(
    ("model", "field", "said"),
    [
        (GifterTally, "gifts", "tally says 5 points, 2 gifts, from"),
        (GifterTally, "points", "tally says 6 points, 1 gifts, from"),
        (SessionTally, "points", "tally says [6, 1] (points, gifts), its gifters' add up to [5, 1]"),
        (SessionTally, "gifts", "tally says [5, 2] (points, gifts), its gifters' add up to [5, 1]"),
    ],
)
def test_tally_that_is_off_by_one_is_told(lives, vera, model, field, said):
    tap(vera, lives[0], gift_slug="panda")
    end_session(lives[0], by="creator")
    assert check_books() == []

    model.objects.update(**{field: F(field) + 1})
    assert said in check_books()[0]


@pytest.mark.spoils_books
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("DELETE FROM live_tapplace WHERE place = 2", ["places are 2 from 1 to 3, expected 2 from 1 to 2", "no place"]),
        ("DELETE FROM live_tapplace WHERE place = 3", ["has no place in the feed of its session"]),
        ("UPDATE live_tapplace SET place = 9 WHERE place = 3", ["places are 3 from 1 to 9", "is behind its session"]),
        (
            """UPDATE live_tapplace SET session_id = (SELECT id FROM live_livesession WHERE ended_at IS NULL)
            WHERE place = 3""",
            ["has a place in the feed of another session"],
        ),
    ],
)
def test_places_that_are_not_those_of_the_feed_are_told(lives, vera, spoil, said):
    for _ in range(3):
        tap(vera, lives[0], gift_slug="panda")
    end_session(lives[0], by="creator")
    assert check_books() == []

    with without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(spoil)
    told = "\n".join(check_books())
    assert [words in told for words in said] == [True] * len(said)


def test_place_is_given_once_and_stays(lives, vera):
    tap(vera, lives[0], gift_slug="panda")
    placed = place_taps(lives[0])

    assert placed == 1

    for verb in ("UPDATE live_tapplace SET place = 2", "DELETE FROM live_tapplace"):
        with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(verb)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_tapplace (tap_id, session_id, place) SELECT tap_id + 1, session_id, 1 FROM live_tapplace"
        )
    placed = place_taps(lives[0])

    assert placed == 1


@pytest.mark.postgres
@rounds
def test_workers_and_the_end_at_once_count_every_tap_once(monkeypatch, settings, round_):
    settings.TAPS_PER_SECOND = 100_000
    monkeypatch.setattr(tallies, "TALLY_EVERY", 3)
    monkeypatch.setattr(tallies, "BATCH", 20)
    session, viewers = make_session(), [make_user(f"Viewer{number}", coins=100) for number in range(4)]

    def work(number):
        if number % 10 == 9:
            return tally_sessions()
        if number == 200:
            return end_session(session, by="creator")
        return tap(viewers[number % 4], session, gift_slug="spark")

    results = at_once(work, range(220))

    taps = sum(isinstance(result, Tap) for result in results)
    assert session.tally.points == taps
    assert sum(points for points, _ in gave(session).values()) == taps
    session.refresh_from_db()
    assert session.settlement.points == taps
