"""The feed: every accepted tap once, in an order that holds, whoever commits first."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from live.combos import combos_of
from live.feed import latest_taps, taps_after
from live.models import GiftTap
from live.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap

# On PostgreSQL a tap counts as complete when its transaction is over, so the test can't be one itself.
pytestmark = pytest.mark.django_db(transaction=True)

TAP = re.compile(r'data-tap="(\d+)"')


def ask(client, live, after=0):
    return client.get(reverse("feed", args=[live.pk]), {"after": after})


def test_rows_carry_what_was_tapped_and_by_whom(client, live, vera):
    done = tap(vera, live, gift="panda", quantity=3)
    page = ask(client, live)
    assert page.status_code == 200
    assert f'data-quantity="3" data-coins="15" data-tap="{done.id}" data-gift="panda"' in page.text
    assert "<strong>Vera</strong><span>sent Panda</span>" in page.text
    assert "gifts/panda.svg" in page.text and "avatars/octopus.svg" in page.text
    assert '<data id="session-points" value="15" hx-swap-oob="true">15</data>' in page.text
    assert f'<data id="feed-cursor" value="{done.id}"' in page.text


def test_poll_returns_only_what_is_behind_the_cursor_then_nothing(client, live, vera):
    first, second, third = (tap(vera, live).id for _ in range(3))
    assert [int(n) for n in TAP.findall(ask(client, live).text)] == [first, second, third]
    assert [int(n) for n in TAP.findall(ask(client, live, first).text)] == [second, third]
    response = ask(client, live, third)
    assert (response.status_code, response.text) == (204, "")


def test_feed_of_one_live_holds_no_taps_of_another(client, live, vera):
    other = make_session(make_creator("Nova", followers=1_000))
    tap(vera, other)
    mine = tap(vera, live).id
    assert TAP.findall(ask(client, live).text) == [str(mine)]


def test_ended_live_hands_out_the_rest_and_then_stops_the_poll(client, live, vera):
    done = tap(vera, live)
    end_session(live, by="cleo")
    assert ask(client, live).status_code == 200
    response = ask(client, live, done.id)
    assert response.status_code == 286
    assert "This live has ended" in response.text
    assert "1 gift and 5 points" in response.text


@pytest.mark.parametrize("after", ["-1", "x", str(2**63), "٣", "1.5", "9" * 400])
def test_strange_cursor_is_422(client, live, after):
    assert ask(client, live, after).status_code == 422


@pytest.mark.parametrize("after", ["", "0", "7", str(2**63 - 1)])
def test_any_cursor_within_bounds_is_answered(client, live, vera, after):
    tap(vera, live)
    assert ask(client, live, after).status_code in {200, 204}


def test_long_feed_comes_in_parts_that_join_without_loss(live, vera):
    ids = [tap(vera, live).id for _ in range(7)]
    seen, cursor = [], 0
    while part := [row.id for row in taps_after(live, cursor, limit=3)]:
        seen, cursor = seen + part, part[-1]
    assert seen == ids
    assert [row.id for row in latest_taps(live, limit=3)] == ids[-3:]


@pytest.mark.parametrize("taps", [1, 3])
def test_poll_takes_three_statements_and_one_for_points(client, live, vera, taps, django_assert_num_queries):
    ids = [tap(vera, live).id for _ in range(taps + 1)]
    # The live, the cursor's place (which SQLite needn't look up), the taps; and the points if there were any.
    look_up = 1 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(3 + look_up):
        ask(client, live, ids[0])
    with django_assert_num_queries(2 + look_up):
        ask(client, live, ids[-1])


def test_place_of_the_cursor_is_found_in_the_index(live, vera):
    done = tap(vera, live)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # a table this small is read whole, if its statistics say so
        plan = taps_after(live, done.id).explain()
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    assert "taps_in_feed_order" in plan
    if connection.vendor == "sqlite":
        assert "(session_id=? AND transaction_id=? AND id>?)" in plan


# --- Out of order -------------------------------------------------------------------------------


def tap_and_hold(viewer, live, tapped, release):
    """Tap in a transaction of its own that stays open until it is released."""
    try:
        with transaction.atomic():
            tap(viewer, live)
            tapped.set()
            release.wait(20)
    finally:
        connection.close()


@pytest.mark.postgres
def test_tap_that_commits_late_is_not_lost(live, vera):
    """Vera's tap has the smaller id and commits last. A plain `id > cursor` would never show it."""
    slow, quick = make_user("Slow", coins=100), vera
    tapped, release = threading.Event(), threading.Event()
    thread = threading.Thread(target=tap_and_hold, args=(slow, live, tapped, release))
    thread.start()
    assert tapped.wait(20)
    late = tap(quick, live)

    naive = list(live.taps.filter(id__gt=0).order_by("id"))
    before = list(taps_after(live, 0))
    release.set()
    thread.join(20)
    naive += live.taps.filter(id__gt=naive[-1].id).order_by("id")
    after = list(taps_after(live, before[-1].id if before else 0))

    assert GiftTap.objects.count() == 2
    assert [row.id for row in naive] == [late.id]
    assert before == []
    assert {row.viewer for row in after} == {slow, quick}


@pytest.mark.postgres
def test_tap_with_a_smaller_id_but_a_younger_transaction_is_not_lost(live, vera):
    """The older transaction draws the larger id and commits first: behind its cursor, a smaller id is still to come."""
    young, older_began, younger_tapped, release = (
        make_user("Young", coins=100),
        *(threading.Event() for _ in range(3)),
    )

    def tap_in_a_younger_transaction():
        assert older_began.wait(20)
        tap_and_hold(young, live, younger_tapped, release)

    thread = threading.Thread(target=tap_in_a_younger_transaction)
    thread.start()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        older_began.set()
        assert younger_tapped.wait(20)
        larger = tap(vera, live)
    first = list(taps_after(live, 0))
    release.set()
    thread.join(20)
    second = list(taps_after(live, first[-1].id))

    assert [row.id for row in first] == [larger.id]
    assert [row.viewer for row in second] == [young]
    assert second[0].id < larger.id


@pytest.mark.postgres
def test_taps_of_many_open_transactions_are_each_read_once(live):
    viewers = [make_user(f"Viewer {n}", coins=100) for n in range(6)]
    read, cursor, done = [], 0, threading.Event()

    def hold(viewer, wait):
        try:
            for _ in range(4):
                with transaction.atomic():
                    tap(viewer, live)
                    done.wait(wait)
        finally:
            connection.close()

    threads = [threading.Thread(target=hold, args=(viewer, n * 0.02)) for n, viewer in enumerate(viewers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or taps_after(live, cursor).exists():
        part = [row.id for row in taps_after(live, cursor)]
        read += part
        cursor = part[-1] if part else cursor
    assert len(read) == len(set(read)) == 24
    assert set(read) == set(live.taps.values_list("id", flat=True))


@pytest.mark.postgres
def test_transaction_left_open_elsewhere_does_not_hold_back_an_ended_live(client, live, vera):
    tap(vera, live)
    other = make_session(make_creator("Nova", followers=1_000))
    tapped, release = threading.Event(), threading.Event()
    thread = threading.Thread(target=tap_and_hold, args=(make_user("Slow", coins=100), other, tapped, release))
    thread.start()
    assert tapped.wait(20)
    late = tap(vera, live)
    end_session(live, by="cleo")
    page = ask(client, live)
    release.set()
    thread.join(20)
    assert str(late.id) in TAP.findall(page.text)


# --- Combos -------------------------------------------------------------------------------------


def test_quick_repeats_are_one_combo_and_all_counted(live, vera):
    bea = make_user("Bea", coins=100)
    for viewer, gift, quantity in [(vera, "panda", 4), (vera, "panda", 8), (bea, "panda", 1), (vera, "clover", 1)]:
        tap(viewer, live, gift=gift, quantity=quantity)
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
