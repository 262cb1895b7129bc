"""The studio's list of happenings, and test gifts, which count in no sum."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from live.creators.following import follow
from live.feed.tallies import first_timers, gifter_count, totals_of
from live.gifts.test_gifts import MOST_A_MINUTE, send_test_gift
from live.models import Gift
from live.room import board
from live.room.happenings import MOST_FOLLOWS, ROWS, what_happened
from live.sessions.sessions import end_session
from live.totals.stats import gifts_a_minute
from tests.databases import more_on_sqlite
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from wallet.books import check_books

pytestmark = pytest.mark.django_db(transaction=True)
STUDIO, ACTIVITY = "/live/studio/", "/live/studio/activity/"


def test_gifts_followers_and_tests_are_one_line_each_the_newest_first(client, cleo, vera, django_assert_num_queries):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = make_session(cleo)
        for _ in range(3):
            tap(vera, session)
        clock.shift(timedelta(seconds=10))
        follow(user=vera, creator=cleo)
        clock.shift(timedelta(seconds=10))
        client.post(f"/live/{session.pk}/test/", {"gift": "encore"})

    with django_assert_num_queries(4 + more_on_sqlite(1)):
        lines = what_happened(session).lines

    assert [(line.face.name, bool(line.combo), bool(line.test)) for line in lines] == [
        ("Test gift", False, True),
        ("Vera", False, False),
        ("Vera", True, False),
    ]
    assert lines[2].combo.quantity == 3
    shown = client.get(STUDIO).text
    assert "counts nowhere" in shown
    assert "follows you now" in shown
    assert "Panda ×3" in shown


def test_those_who_followed_before_the_live_are_no_news_and_crowds_leave_room_for_gifts(cleo, vera):
    session = make_session(cleo)
    assert what_happened(session).lines == []
    for number in range(MOST_FOLLOWS + 2):
        follow(user=make_user(f"Fan{number}"), creator=cleo)
    for name in ("Imani", "Noor", "Sol"):
        tap(make_user(name, coins=50), session)
    lines = what_happened(session).lines
    assert len(lines) == MOST_FOLLOWS + 3 <= ROWS
    assert sum(bool(line.combo) for line in lines) == 3


def test_first_timers_are_those_who_gave_in_no_earlier_live_of_this_creator(cleo, vera):
    imani = make_user("Imani", coins=100)
    earlier, elsewhere = make_session(cleo), make_session(make_creator("Nova"))
    tap(vera, earlier)
    tap(imani, elsewhere)
    end_session(earlier, by="creator")
    end_session(elsewhere, by="creator")
    session = make_session(cleo)
    for viewer in (vera, imani, imani):
        tap(viewer, session)
    assert (gifter_count(session), first_timers(session)) == (2, 1)


def test_news_are_new_followers_tests_viewers_and_goals_too(client, cleo, vera):
    session = make_session(cleo)

    def changes(do):
        seen = client.get(ACTIVITY, headers=HTMX).context["mark"]
        page = client.get(ACTIVITY, {"seen": seen}, headers=HTMX)

        assert page.status_code == 204

        do()
        return client.get(ACTIVITY, {"seen": seen}, headers=HTMX).status_code == 200

    goal = {"title": "Friday", "goal_kind": "points", "goal": "5"}
    with time_machine.travel(timezone.now(), tick=False):
        by_following = changes(lambda: follow(user=vera, creator=cleo))
        by_a_test = changes(lambda: client.post(f"/live/{session.pk}/test/", {"gift": "panda"}))
        by_a_goal = changes(lambda: client.post(f"/live/{session.pk}/change/", goal))

    assert (by_following, by_a_test, by_a_goal) == (True, True, True)


# --- Test gifts ---------------------------------------------------------------------------------


def test_test_gift_is_marked_in_the_room_and_counts_nowhere(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session)
    before = (totals_of([session]), gifter_count(session), gifts_a_minute(session, 1))

    answer = client.post(f"/live/{session.pk}/test/", {"gift": "drama-queen"}, headers=HTMX)

    assert answer.status_code == 200
    assert "Drama Queen is on its way as a test. It costs nothing and counts nowhere." in answer.text
    row = board.read_board(session)["live/room/_test_gifts.html"]
    assert "<strong>Test gift</strong><span>Drama Queen, no coins</span>" in row
    assert f'data-test="{cleo.test_gifts.get().pk}"' in row
    assert "data-tap" not in row and "data-coins" not in row

    page = client.get(f"/live/{session.pk}/board/")

    assert "Drama Queen, no coins" in page.text
    assert (totals_of([session]), gifter_count(session), gifts_a_minute(session, 1)) == before
    settlement = end_session(session, by="creator")
    assert (settlement.points, settlement.gifts, settlement.gifters) == (5, 1, 1)
    assert check_books() == []


def test_test_gift_leaves_the_room_after_ten_seconds(cleo):
    session = make_session(cleo)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        send_test_gift(cleo, Gift.objects.get(slug="panda"))
        assert "data-test" in board.read_board(session)["live/room/_test_gifts.html"]
        clock.shift(timedelta(seconds=11))
        assert "data-test" not in board.read_board(session)["live/room/_test_gifts.html"]


def test_only_the_creator_tests_so_often_and_only_while_live(client, cleo, vera):
    session = make_session(cleo)
    address = f"/live/{session.pk}/test/"
    answer = client.post(address, {"gift": "nothing"}, headers=HTMX)

    assert answer.status_code == 422

    answer = client.post(address, {"gift": "nothing"})
    assert (answer.status_code, "Choose a gift from the list." in answer.text) == (422, True)
    for _ in range(MOST_A_MINUTE):
        response = client.post(address, {"gift": "panda"})

        assert response.status_code == 303
    for headers in ({}, HTMX):
        answer = client.post(address, {"gift": "panda"}, headers=headers)
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    end_session(session, by="creator")
    answer = client.post(address, {"gift": "panda"})
    assert (answer.status_code, "This live has ended." in answer.text) == (409, True)
    assert cleo.test_gifts.count() == MOST_A_MINUTE


def test_creator_who_polls_their_own_room_is_no_viewer(client, cleo):
    session = make_session(cleo)
    client.get(f"/live/{session.pk}/board/")
    assert not session.presence.exists()
