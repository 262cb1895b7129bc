"""The feed: each accepted tap once, in an order that doesn't depend on the order of commits."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from live.feed import tallies
from live.feed.feed import latest_taps, read_feed, taps_after
from live.feed.placing import place_taps
from live.feed.rows import placed_taps
from live.feed.tallies import gifter_count, tally_sessions, totals_of
from live.gifts.combos import combos_of
from live.models import SessionTally
from live.sessions.sessions import end_session
from live.totals.gifters import Gifters
from tests.databases import more_on_sqlite
from tests.factories import make_creator, make_session, make_user, tap

# The feed reads a tap after its commit, so the test itself must not run in a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

TAP = re.compile(r'data-tap="(\d+)"')


def ask(client, live, after=""):
    return client.get(reverse("feed", args=[live.pk]), {"after": after})


def test_rows_carry_what_was_tapped_and_by_whom(client, live, vera):
    done = tap(vera, live, gift_slug="panda", quantity=3)
    page = ask(client, live)
    assert page.status_code == 200
    assert f'data-quantity="3" data-coins="15" data-tap="{done.id}" data-cursor="p1" data-gift="panda"' in page.text
    assert "<strong>Vera</strong><span>sent Panda</span>" in page.text
    assert "gifts/panda.svg" in page.text and "avatars/crowd.svg#octopus" in page.text
    assert '<data id="session-points" value="15">15</data>' in page.text
    assert '<data id="feed-cursor" value="p1"' in page.text


def test_poll_returns_only_what_is_behind_the_cursor_then_nothing(client, live, vera):
    first, second, third = (tap(vera, live).id for _ in range(3))
    assert [int(n) for n in TAP.findall(ask(client, live).text)] == [first, second, third]
    assert [int(n) for n in TAP.findall(ask(client, live, "p1").text)] == [second, third]
    response = ask(client, live, "p3")
    assert (response.status_code, response.text) == (204, "")


def test_feed_of_one_live_holds_no_taps_of_another(client, live, vera):
    other = make_session(make_creator("Nova", followers=1_000))
    tap(vera, other)
    mine = tap(vera, live).id
    assert TAP.findall(ask(client, live).text) == [str(mine)]


def test_ended_live_hands_out_the_rest_and_then_stops_the_poll(client, live, vera):
    tap(vera, live)
    end_session(live, by="cleo")
    assert ask(client, live).status_code == 200
    response = ask(client, live, "p1")
    assert response.status_code == 286
    assert "This live has ended" in response.text
    assert "1 gift and 5 points" in response.text


@pytest.mark.parametrize(
    "after", ["-1", "x", str(2**63), "٣", "1.5", "9" * 400, "p", "p-1", "p٣", f"p{2**63}", "pp1", "p" * 400]
)
def test_strange_cursor_is_422(client, live, after):
    assert ask(client, live, after).status_code == 422


@pytest.mark.parametrize("after", ["", "0", "7", str(2**63 - 1), "p0", "p7", f"p{2**63 - 1}"])
def test_any_cursor_within_bounds_is_answered(client, live, vera, after):
    tap(vera, live)
    assert ask(client, live, after).status_code in {200, 204}


def test_long_feed_comes_in_parts_that_join_without_loss(live, vera):
    ids = [tap(vera, live).id for _ in range(7)]
    seen, place = [], 0
    while part := read_feed(live, place, limit=3):
        if part.upto == place:
            break
        seen, place = seen + [row.id for row in part.taps], part.upto
    assert seen == ids
    assert [row.id for row in latest_taps(live, limit=3)] == ids[-3:]


@pytest.mark.parametrize("taps", [1, 3])
def test_poll_takes_two_queries_and_one_for_taps_and_points(client, live, vera, taps, django_assert_num_queries):
    for _ in range(taps + 1):
        tap(vera, live)
    # The live, the newest place; with news the taps and the points.
    with django_assert_num_queries(3 + more_on_sqlite(1)):
        ask(client, live, "p1")
    with django_assert_num_queries(3):
        ask(client, live, "p1")
    with django_assert_num_queries(2):
        ask(client, live, f"p{taps + 1}")


def test_newest_place_counts_taps_that_another_reader_places_at_the_same_moment(live, vera):
    """On SQLite two queries place taps; the other reader's comes between them."""
    tap(vera, live)
    place_taps(live)
    second = tap(vera, live)
    others = []

    def meanwhile(execute, sql, params, many, context):
        if "INSERT INTO live_tapplace" in sql and not others:
            others.append(None)
            others[0] = place_taps(live)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        newest = place_taps(live)

    assert newest == 2
    assert others == ([] if connection.vendor == "postgresql" else [2])
    assert [one.id for one in taps_after(live, 1)] == [second.id]
    assert taps_after(live, 2) == []


def test_taps_behind_a_place_are_found_in_the_index(live, vera):
    for _ in range(3):
        tap(vera, live)
    place_taps(live)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # a table this small is read whole, if its statistics say so
        plan = placed_taps(live).filter(placed__place__gt=1).order_by("placed__place")[:200].explain()
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    assert "one_tap_per_place" in plan or "sqlite_autoindex_live_tapplace" in plan
    assert "TEMP B-TREE" not in plan


# --- Cursors of pages from before, and of a database that is younger than the page -------------


def test_tap_id_as_cursor_names_the_place_of_that_tap(client, live, vera):
    """An old page sends the id of its last tap as its cursor, and no place."""
    first, second, third = (tap(vera, live).id for _ in range(3))
    assert [int(n) for n in TAP.findall(ask(client, live, first).text)] == [second, third]
    assert ask(client, live, third).status_code == 204
    answer = ask(client, live, second).text
    assert [int(n) for n in TAP.findall(answer)] == [third]
    assert '<data id="feed-cursor" value="p3"' in answer


def test_tap_id_that_names_no_tap_of_this_live_names_the_one_before(client, live, vera):
    first = tap(vera, live).id
    elsewhere = tap(vera, make_session(make_creator("Nova", followers=1_000))).id
    second = tap(vera, live).id
    assert [int(n) for n in TAP.findall(ask(client, live, first - 1).text)] == [first, second]
    assert [int(n) for n in TAP.findall(ask(client, live, elsewhere).text)] == [second]
    assert ask(client, live, second + 100).status_code == 204


def test_place_beyond_the_newest_is_set_back_so_that_the_page_hears_the_next_tap(client, live, vera):
    """An open page has a cursor from before a restore of an older backup."""
    tap(vera, live)
    answer = ask(client, live, "p500")
    assert (answer.status_code, TAP.findall(answer.text)) == (200, [])
    assert '<data id="feed-cursor" value="p1"' in answer.text
    second = tap(vera, live).id
    assert TAP.findall(ask(client, live, "p1").text) == [str(second)]


# --- Out of order -------------------------------------------------------------------------------


def tap_without_commit(viewer, live, tapped, release):
    """Tap in a transaction of its own that stays open until it is released."""
    try:
        with transaction.atomic():
            tap(viewer, live)
            tapped.set()
            release.wait(20)
    finally:
        connection.close()


@pytest.fixture
def uncommitted():
    """Return a function that taps in a transaction of its own and commits on request."""
    threads = []

    def begin(viewer, live):
        tapped, release = threading.Event(), threading.Event()
        thread = threading.Thread(target=tap_without_commit, args=(viewer, live, tapped, release))
        thread.start()
        assert tapped.wait(20)

        def commit():
            release.set()
            thread.join(20)

        threads.append(commit)
        return commit

    yield begin
    for commit in threads:
        commit()


@pytest.mark.postgres
def test_tap_that_commits_late_holds_back_no_other_and_comes_behind_them(live, vera, uncommitted):
    """The late tap has the smallest id: a cursor over ids would skip it, an order by transactions would wait."""
    slow = make_user("Slow", coins=100)
    commit = uncommitted(slow, live)
    quick = [tap(vera, live).id for _ in range(2)]

    before = taps_after(live, 0)
    commit()
    after = taps_after(live, before[-1].place)

    assert [row.id for row in before] == quick
    assert [(row.place, row.viewer) for row in after] == [(3, slow)]
    assert after[0].id < quick[0]
    assert [row.id for row in taps_after(live, 0)] == [*quick, after[0].id]


@pytest.mark.postgres
def test_tap_that_commits_late_is_in_tally_and_settlement(monkeypatch, live, vera, uncommitted):
    monkeypatch.setattr(tallies, "TALLY_EVERY", 2)
    commit = uncommitted(make_user("Slow", coins=100), live)
    for _ in range(3):
        tap(vera, live)
    tallied = tally_sessions()

    assert tallied == 1
    assert SessionTally.objects.get().points == 15
    assert totals_of([live])[live.pk] == (15, 3)

    commit()
    # The tap has no place yet, and its points count.
    assert totals_of([live])[live.pk] == (20, 4)
    assert [gifter.coins for gifter in Gifters(live)[0:2]] == [15, 5]
    assert gifter_count(live) == 2
    settlement = end_session(live, by="cleo")
    assert (settlement.points, settlement.gifts, settlement.gifters) == (20, 4, 2)


@pytest.mark.postgres
def test_taps_of_many_open_transactions_are_each_read_once(live):
    viewers = [make_user(f"Viewer {n}", coins=100) for n in range(6)]
    read, place, done = [], 0, threading.Event()

    def tap_and_wait(viewer, wait):
        try:
            for _ in range(4):
                with transaction.atomic():
                    tap(viewer, live)
                    done.wait(wait)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap_and_wait, args=(viewer, n * 0.02)) for n, viewer in enumerate(viewers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or taps_after(live, place):
        part = read_feed(live, place)
        read, place = read + [row.id for row in part.taps], part.upto
    assert len(read) == len(set(read)) == 24
    assert set(read) == set(live.taps.values_list("id", flat=True))
    assert read == [row.id for row in taps_after(live, 0)]


# --- Combos -------------------------------------------------------------------------------------


def test_quick_repeats_are_one_combo_and_all_counted(live, vera):
    bea = make_user("Bea", coins=100)
    for viewer, gift, quantity in [(vera, "panda", 4), (vera, "panda", 8), (bea, "panda", 1), (vera, "clover", 1)]:
        tap(viewer, live, gift_slug=gift, quantity=quantity)
    combos = combos_of(latest_taps(live))
    assert [(combo.face.name, combo.name, combo.quantity, combo.coins) for combo in combos] == [
        ("Vera", "Panda", 12, 60),
        ("Bea", "Panda", 1, 5),
        ("Vera", "Clover", 1, 25),
    ]


def test_repeats_far_apart_are_two(live, vera):
    tap(vera, live)
    tap(vera, live)
    taps = latest_taps(live)
    taps[1].created_at = timezone.now() + timedelta(seconds=6)
    assert [combo.quantity for combo in combos_of(taps)] == [1, 1]
