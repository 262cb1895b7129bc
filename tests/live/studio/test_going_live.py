"""Before a live and while it runs: title, tray, goal and the address of the video."""

import re

import pytest

from live.feed.tallies import tally_sessions
from live.models import LiveSession
from live.sessions.goals import Goal, goal_of
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX

pytestmark = pytest.mark.django_db
STUDIO, START = "/live/studio/", "/live/studio/start/"
FILLED = {
    "title": "Encore night",
    "tray": "open",
    "goal_kind": "gifters",
    "goal": "40",
    "video_url": "https://video.example.com/cleo/index.m3u8",
}


def start(client, **chosen):
    return client.post(START, {**FILLED, **chosen})


# --- Start --------------------------------------------------------------------------------------


def test_everything_that_was_chosen_holds_for_the_live(client, cleo):
    answer = start(client)

    assert answer.status_code == 303

    session = cleo.sessions.get()
    assert (session.gifts_open, session.tray_wanted, session.goal_kind, session.goal) == (True, True, "gifters", 40)
    assert session.video_url == FILLED["video_url"]


def test_title_alone_is_an_open_tray_without_goal_and_video(client, cleo):
    client.post(START, {"title": "Friday strings"})

    session = cleo.sessions.get()
    assert (session.gifts_open, session.tray_wanted, session.goal_kind, session.goal) == (True, True, "", None)
    assert session.video_url == ""


def test_tray_opens_only_with_the_followers_and_if_it_is_wanted(client, cleo):
    start(client, tray="closed")
    assert not cleo.sessions.get().gifts_open

    nova = make_creator("Nova", followers=999)
    client.force_login(nova.user)
    start(client)
    session = nova.sessions.get()
    assert (session.tray_wanted, session.gifts_open, session.followers_at_start) == (True, False, 999)


def test_closed_tray_is_said_to_be_the_creators_choice(client, cleo):
    start(client, tray="closed")
    page = client.get(f"/live/{cleo.sessions.get().pk}/")
    assert "Cleo has closed the gift tray for this live." in page.text
    assert "data-gift" not in page.text
    end_session(cleo.sessions.get(), by="creator")
    page = client.get(f"/live/{cleo.sessions.get().pk}/summary/")
    assert "The gift tray was closed, as chosen before the start." in page.text


@pytest.mark.once
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"goal": ""}, "Say how many, or choose “No goal”."),
        ({"goal": "0"}, "Type a whole number from 1 to 100,000,000."),
        ({"goal": "-1"}, "Type a whole number from 1 to 100,000,000."),
        ({"goal": "٣"}, "Type a whole number from 1 to 100,000,000."),
        ({"goal": "9" * 40}, "Type a whole number from 1 to 100,000,000."),
        ({"goal": "1000001"}, "At most 1,000,000."),
        ({"goal_kind": "rank"}, "not one of the available choices"),
        ({"tray": "ajar"}, "not one of the available choices"),
        ({"video_url": "http://video.example.com/a.m3u8"}, "begins with https://"),
        ({"video_url": "https://video.example.com/" + "a" * 400}, "at most 400 characters"),
        ({"title": ""}, "required"),
    ],
)
def test_what_cannot_be_is_422_in_words_and_starts_nothing(client, cleo, wrong, words):
    answer = start(client, **wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="40"' in answer.text or "goal" in wrong
    assert not LiveSession.objects.exists()


def test_number_without_a_kind_is_no_goal(client, cleo):
    start(client, goal_kind="")
    assert cleo.sessions.get().goal is None


def test_next_live_begins_with_the_choices_of_the_last_one_and_shows_them(client, cleo):
    start(client, tray="closed")
    end_session(cleo.sessions.get(), by="creator")

    page = client.get(STUDIO).text

    assert FILLED["video_url"] in page
    assert 'name="goal" value="40"' in page
    assert re.search(r'value="closed"[^>]*checked', page)
    assert "People see your title. The gift tray is closed. Your video takes the place of the picture." in page
    assert 'value="Encore night"' not in page


# --- While it runs ------------------------------------------------------------------------------


def test_creator_changes_title_goal_and_video_and_nothing_else(client, cleo):
    session = make_session(cleo)
    address = f"/live/{session.pk}/change/"
    changed = {"title": "Last songs", "goal_kind": "points", "goal": "500", "video_url": "", "tray": "closed"}

    answer = client.post(address, changed, headers=HTMX)

    assert answer.status_code == 200
    assert "Saved." in answer.text
    assert '<h1 id="live-title" hx-swap-oob="true">Last songs</h1>' in answer.text
    session.refresh_from_db()
    assert (session.title, session.goal_kind, session.goal) == ("Last songs", "points", 500)
    assert session.gifts_open
    shown = client.get(f"/live/{session.pk}/board/").text
    assert '<h1 id="live-title">Last songs</h1>' in shown
    assert "0 of 500 points" in shown

    answer = client.post(address, {**changed, "goal": "many"}, headers=HTMX)

    assert answer.status_code == 422

    answer = client.post(address, {**changed, "goal": "many"})
    assert (answer.status_code, 'value="many"' in answer.text) == (422, True)

    answer = client.post(address, changed)

    assert answer["Location"] == STUDIO


def test_live_that_has_ended_stays_what_it_was(client, cleo):
    session = make_session(cleo)
    end_session(session, by="creator")
    answer = client.post(f"/live/{session.pk}/change/", FILLED)
    assert answer.status_code == 409
    assert "This live has ended." in answer.text
    session.refresh_from_db()
    assert (session.title, session.goal) == ("Friday strings", None)


# --- The goal -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_goal_counts_gifters_or_points_with_and_without_a_tally(client, cleo, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("live.feed.tallies.TALLY_EVERY", 3)
    vera, imani = make_user("Vera", coins=100), make_user("Imani", coins=100)
    session = make_session(cleo)
    assert goal_of(session) is None
    session.goal_kind, session.goal = "gifters", 2
    for _ in range(2):
        tap(vera, session)
        assert goal_of(session) == Goal("gifters", 2, 1)
    tap(imani, session, gift_slug="spark")
    for _ in range(2):
        with django_assert_num_queries(1):
            assert goal_of(session) == Goal("gifters", 2, 2)
        tally_sessions()
    assert goal_of(session).is_reached
    session.goal_kind, session.goal = "points", 20
    with django_assert_num_queries(1):
        assert goal_of(session) == Goal("points", 20, 11)


@pytest.mark.django_db(transaction=True)
def test_room_and_studio_show_how_far_the_goal_is_and_that_it_is_reached(client, cleo):
    start(client, goal="2")
    session = cleo.sessions.get()
    room, board = f"/live/{session.pk}/", f"/live/{session.pk}/board/"
    tap(make_user("Vera", coins=100), session)
    for page in (client.get(room), client.get(board)):
        assert "<strong>Goal</strong> · 1 of 2 different gifters" in page.text
        assert '<progress class="coin" max="2" value="1" aria-label="Goal: 1 of 2 different gifters">' in page.text
    page = client.get(STUDIO)

    assert "Different gifters, so every gift counts the same." in page.text

    tap(make_user("Imani", coins=100), session)

    for page in (client.get(room), client.get(board), client.get(STUDIO)):
        assert "The goal of 2 different gifters is reached. Thank you." in page.text
