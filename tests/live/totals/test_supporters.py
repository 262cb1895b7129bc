"""Supporters: givers over all lives of a creator, stored when a live settles; and the public leaderboards."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.urls import reverse

from live.feed import tallies
from live.feed.tallies import tally_sessions
from live.models import Supporter
from live.sessions.sessions import end_session
from live.totals.supporters import ORDERS, Supporters
from tests.factories import make_creator, make_session, make_user, tap
from tests.races.threads import at_once, rounds
from wallet.books import check_books

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def cleo():
    return make_creator("Cleo")


@pytest.fixture
def cast():
    return {name: make_user(name, coins=10_000) for name in ("Vera", "Imani", "Yara")}


def play(creator, gave, *, at, ends=True, title="Friday strings"):
    """Play a live in which people give, in that order: (user, gift, quantity, whether as Somebody)."""
    with time_machine.travel(at, tick=False) as clock:
        session = make_session(creator, title=title)
        for user, gift, quantity, as_somebody in gave:
            clock.shift(60)
            user.is_somebody = as_somebody
            tap(user, session, gift_slug=gift, quantity=quantity)
            user.is_somebody = False
        if ends:
            clock.shift(60)
            end_session(session, by="creator")
    return session


@pytest.fixture
def past(cleo, cast):
    """Two lives last week, one this week; Imani is Somebody in the second, and both in the third."""
    vera, imani, yara = cast.values()
    play(cleo, [(vera, "panda", 1, False), (imani, "clover", 1, False)], at=MONDAY - 3 * DAY)
    play(cleo, [(vera, "panda", 1, False), (imani, "encore", 1, True)], at=MONDAY - 2 * DAY)
    gave = [(yara, "clover", 1, False), (imani, "spark", 2, False), (vera, "encore", 1, True)]
    return play(cleo, gave, at=MONDAY + DAY / 2)


def rows(people, *fields):
    return [tuple(getattr(person, field) for field in ("name", *fields)) for person in people]


def test_each_live_adds_to_its_supporters_and_somebodies_are_one_row(past, cleo):
    assert rows(Supporters(cleo)[0:10], "lives", "gifts", "points") == [
        ("Imani", 2, 3, 27), ("Yara", 1, 1, 25), ("Vera", 2, 2, 10),
    ]  # fmt: skip
    assert rows(Supporters(cleo, "lives")[0:10]) == [("Vera",), ("Imani",), ("Yara",)]
    assert rows(Supporters(cleo, "last")[0:2]) == [("Imani",), ("Yara",)]
    imani = Supporters(cleo)[0:1][0]
    assert (imani.first_gave_at, imani.last_gave_at) == (
        MONDAY - 3 * DAY + timedelta(minutes=2), MONDAY + DAY / 2 + timedelta(minutes=2),
    )  # fmt: skip
    somebodies = cleo.supporters.get(viewer=None)
    assert (somebodies.lives, somebodies.gifts, somebodies.points) == (2, 2, 200)
    end_session(past, by="worker")
    assert cleo.supporters.count() == 4
    assert check_books() == []


def test_among_equals_the_earlier_one_comes_first(cleo, cast):
    vera, imani, yara = cast.values()
    play(cleo, [(user, "clover", 1, False) for user in (yara, imani, vera)], at=MONDAY)

    assert rows(Supporters(cleo, "points")[0:3]) == [("Yara",), ("Imani",), ("Vera",)]
    assert rows(Supporters(cleo, "lives")[0:3]) == [("Yara",), ("Imani",), ("Vera",)]
    assert rows(Supporters(cleo, "last")[0:3]) == [("Vera",), ("Imani",), ("Yara",)]
    assert rows(Supporters(cleo)[1:2]) == [("Imani",)]


@pytest.mark.parametrize("is_tallied", [False, True])
def test_running_live_is_added_when_it_is_read_and_is_in_no_row_yet(past, cleo, cast, monkeypatch, is_tallied):
    monkeypatch.setattr(tallies, "TALLY_EVERY", 1)
    gave = [(cast["Vera"], "panda", 4, False), (make_user("Noor", coins=10), "panda", 1, False)]
    running = play(cleo, gave, at=MONDAY + DAY, ends=False)
    if is_tallied and connection.vendor == "sqlite":
        tallied = tally_sessions()

        assert tallied == 1

    people = Supporters(cleo, running=running)
    assert rows(people[0:10], "lives", "points") == [("Vera", 3, 30), ("Imani", 2, 27), ("Yara", 1, 25), ("Noor", 1, 5)]
    assert people.count() == 4
    for order in ORDERS:
        everybody = rows(Supporters(cleo, order, running=running))
        parts = [Supporters(cleo, order, running=running)[place : place + 1] for place in range(5)]
        assert [rows(part) for part in parts] == [*([row] for row in everybody), []]
    assert rows(Supporters(cleo)[0:10], "points") == [("Imani", 27), ("Yara", 25), ("Vera", 10)]

    # A live that ends between two queries of a page is counted once.
    end_session(running, by="creator")
    assert rows(people[0:10], "lives", "points") == rows(people, "lives", "points")
    assert rows(people, "lives", "points") == rows(Supporters(cleo), "lives", "points")


def test_creator_sees_sorts_finds_and_pages_them(client, past, cleo, cast):
    client.force_login(cleo.user)
    url = reverse("supporters")

    shown = client.get(url).text
    assert "3 people" in shown
    assert shown.index("Imani") < shown.index("Yara") < shown.index("Vera")
    assert "2 lives · 3 gifts · <span>first 20 Nov 2026,</span>" in shown
    assert "<span>last 23 Nov 2026</span>" in shown
    assert "everybody who gave without their name, together · 2 lives · 2 gifts" in shown
    by_lives = client.get(url, {"by": "lives"}).text
    assert by_lives.index("Vera") < by_lives.index("Imani") < by_lives.index("Yara")
    found = client.get(url, {"name": "IMA", "by": "nonsense", "page": "99"}).text
    assert "1 person like “IMA”" in found
    assert "Vera" not in found
    for nobody in ("%", "_", "!", ".", "(", "\\", "[a-z]", "x" * 31):
        page = client.get(url, {"name": nobody})

        assert ("Nobody who gave has this" in page.text) is (len(nobody) < 31)


@pytest.mark.parametrize("search", ["élodie Š", "ÉLODIE š", "Odie", "(ŠANA)", "№7"])
def test_name_is_found_in_any_case_of_any_letter(cleo, cast, search):
    play(
        cleo,
        [
            (make_user("Élodie Š (Šana) №7", coins=5, email="elodie@example.com"), "panda", 1, False),
            (cast["Vera"], "panda", 1, False),
        ],
        at=MONDAY,
    )

    assert rows(Supporters(cleo, search=search)[0:9]) == [("Élodie Š (Šana) №7",)]


def test_csv_has_everybody_and_no_formula(client, past, cleo):
    play(cleo, [(make_user("=SUM(A1)", email="sum@example.com", coins=10), "panda", 1, False)], at=MONDAY + DAY)
    client.force_login(cleo.user)

    response = client.get(reverse("supporters"), {"format": "csv"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(response).decode("utf-8-sig").splitlines() == [
        "name,lives,gifts,points,first_gave_utc,last_gave_utc",
        "Imani,2,3,27,2026-11-20T00:02:00Z,2026-11-23T12:02:00Z",
        "Yara,1,1,25,2026-11-23T12:01:00Z,2026-11-23T12:01:00Z",
        "Vera,2,2,10,2026-11-20T00:01:00Z,2026-11-21T00:01:00Z",
        "'=SUM(A1),1,1,5,2026-11-24T00:01:00Z,2026-11-24T00:01:00Z",
        "Somebody,2,2,200,2026-11-21T00:02:00Z,2026-11-23T12:03:00Z",
    ]


def test_leaderboards_name_the_week_and_all_time_and_never_a_somebody(client, past, cleo):
    url = reverse("leaderboard", args=[cleo.handle])
    with time_machine.travel(MONDAY + DAY):
        week, all_time = client.get(url).text.split("All time</h2>")
        by_points = client.get(url, {"by": "points"}).text.split("All time</h2>")

    assert "since Monday 23 Nov, 00:00 UTC" in week
    # In this week's live, Vera was Somebody.
    assert "Vera" not in week
    assert week.index("Yara") < week.index("Imani")
    assert all_time.index("Vera") < all_time.index("Imani") < all_time.index("Yara")
    assert by_points[0].index("25<small>points") < by_points[0].index("2<small>points")
    assert (
        by_points[1].index("27<small>points") < by_points[1].index("25<small>points") < by_points[1].index("10<small>")
    )
    assert "200<small>" not in by_points[1]
    with time_machine.travel(MONDAY + 8 * DAY):
        page = client.get(url, {"by": "<b>"})

    assert "Nobody has given by name this week yet." in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_people(client, cleo, cast, count, django_assert_num_queries):
    play(cleo, [(user, "panda", 1, False) for user in list(cast.values())[:count]], at=MONDAY)
    with django_assert_num_queries(4):  # creator, running live, week, all time
        client.get(reverse("leaderboard", args=[cleo.handle]))
    client.force_login(cleo.user)
    with django_assert_num_queries(8):  # who, creator, running live, Somebodies, count, page, coins, notices
        client.get(reverse("supporters"))
    with django_assert_num_queries(7):  # who, creator, count, lives, what they came to, coins, notices
        client.get(reverse("past-lives"))


def test_past_lives_add_up_to_the_settlements(client, past, cleo):
    client.force_login(cleo.user)
    shown = client.get(reverse("past-lives")).text

    assert "3 lives." in shown
    # 30 + 105 + 127 points, each diamond at $0.005.
    assert "<dt>Points</dt><dd>262</dd>" in shown
    assert "<dt>Worth when they ended</dt><dd>$1.31</dd>" in shown
    assert "the most were 127 in “Friday strings”." in shown
    assert shown.count('class="bar') == 3
    client.force_login(make_creator("Nova", followers=0).user)
    page = client.get(reverse("past-lives"))

    assert "No live has ended yet" in page.text


def test_migration_finds_the_past(past, cleo):
    def kept():
        return sorted(cleo.supporters.values_list("viewer__name", "lives", "gifts", "points", "first_gave_at"), key=str)

    before = kept()
    Supporter.objects.all().delete()
    migration = import_module("live.migrations.0010_supporters")
    with connection.cursor() as cursor:
        cursor.execute(migration.BY_NAME)
        cursor.execute(migration.SOMEBODIES)
    assert kept() == before


@pytest.mark.spoils_books
def test_supporter_whose_row_is_not_the_sum_is_told(past, cleo, cast):
    rows = cleo.supporters.filter(viewer=cast["Yara"])
    for field in ("lives", "gifts", "points"):
        rows.update(**{field: F(field) + 1})
        (said,) = check_books()
        assert said.startswith(f"supporter {cast['Yara'].pk} of creator {cleo.pk}: the row says [")
        rows.update(**{field: F(field) - 1})
    cleo.supporters.filter(viewer=None).delete()
    (said,) = check_books()
    assert said.startswith(f"supporter None of creator {cleo.pk}: the row says 0, the tallies [2, 2, 200,")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@rounds
def test_lives_that_end_at_once_each_add_once(round_):
    viewers = [make_user(f"Viewer{number}", coins=100) for number in range(3)]
    sessions = [make_session(make_creator(f"Creator{number}")) for number in range(4)]
    for session in sessions:
        for viewer in viewers:
            tap(viewer, session)

    at_once(lambda number: end_session(sessions[number % 4], by="creator"), range(16))

    assert set(Supporter.objects.values_list("lives", "gifts", "points")) == {(1, 1, 5)}
    assert Supporter.objects.count() == 12
