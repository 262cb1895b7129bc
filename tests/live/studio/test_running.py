"""The studio during a live: its totals, and the record that its creator is present."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from live.models import LiveSession
from live.room.happenings import latest_combos
from live.sessions.sessions import end_session
from live.totals.stats import chart_of, draw, gifts_a_minute, minutes_of
from tests.databases import more_on_sqlite
from tests.factories import make_session, make_user, tap
from tests.htmx import HTMX

pytestmark = pytest.mark.django_db
STUDIO, START, ACTIVITY = "/live/studio/", "/live/studio/start/", "/live/studio/activity/"


# --- During a live ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # the feed reads committed rows only
def test_studio_shows_what_came_in(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session, quantity=12)
    tap(vera, session, gift_slug="clover")

    shown = client.get(STUDIO).content.decode()

    assert '<data id="session-points" value="85">85</data>' in shown
    assert "$0.42 for you" in shown
    assert "Ending turns 85 points into 85 diamonds ($0.42)." in shown
    assert "Panda ×12" in shown
    assert "first time with you" in shown
    assert f'action="/live/{session.id}/end/"' in shown


def test_ending_is_said_in_exact_numbers(client, cleo):
    vera = make_user("Vera", coins=18_500)
    session = make_session(cleo)
    tap(vera, session, gift_slug="drama-queen", quantity=3)
    tap(vera, session, gift_slug="spark", quantity=20)
    tap(vera, session, gift_slug="encore", quantity=34)

    page = client.get(STUDIO)

    assert "Ending turns 18,420 points into 18,420 diamonds ($92.10)." in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_running_studio_takes_as_many_queries_for_3_gifters_as_for_1(client, cleo, count, django_assert_num_queries):
    session = make_session(cleo)
    for number in range(count):
        tap(make_user(f"Viewer{number}", coins=100), session)

    # The 14 of a look at it; chart, gifters, terms, comments, muted, overlay, gifts (twice), categories, coins, notices
    with django_assert_num_queries(25 + more_on_sqlite(1)):
        client.get(STUDIO)


@pytest.mark.parametrize("count", [1, 3])
def test_look_at_the_studio_is_14_queries_and_9_while_nothing_is_new(
    client, cleo, vera, count, django_assert_num_queries
):
    session = make_session(cleo)
    with time_machine.travel(timezone.now(), tick=False):
        for gift in ("panda", "spark", "clover")[:count]:
            tap(vera, session, gift_slug=gift)
        # log-in, user, creator, live, places, taps, followers, tests, viewers, gold;
        # totals, gifters (2), last live, rates
        with django_assert_num_queries(14 + more_on_sqlite(1)):
            response = client.get(ACTIVITY, headers=HTMX)
        assert response.status_code == 200
        with django_assert_num_queries(9):
            page = client.get(ACTIVITY, {"seen": response.context["mark"]}, headers=HTMX)

        assert page.status_code == 204


@pytest.mark.django_db(transaction=True)  # the feed reads committed rows only
def test_poll_brings_what_is_new_with_the_sentence_about_ending(client, cleo, vera):
    session = make_session(cleo)
    seen = client.get(ACTIVITY, headers=HTMX).context["mark"]
    tap(vera, session)

    shown = client.get(ACTIVITY, {"seen": seen}, headers=HTMX).content.decode()

    assert shown.startswith('<section class="stack" id="activity"')
    assert '<span class="chip live" id="live-for" hx-swap-oob="true">Live 0 min</span>' in shown
    assert '<p class="fine" id="ending" hx-swap-oob="true">Ending turns 5 points into 5 diamonds ($0.02).' in shown


def test_poll_tells_the_time_again_after_a_minute(client, cleo):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        make_session(cleo)
        seen = client.get(ACTIVITY, headers=HTMX).context["mark"]
        page = client.get(ACTIVITY, {"seen": seen}, headers=HTMX)

        assert page.status_code == 204

        clock.shift(timedelta(minutes=1))
        page = client.get(ACTIVITY, {"seen": seen}, headers=HTMX)

        assert page.status_code == 200


def test_poll_stops_when_the_live_has_ended_and_leads_to_the_summary(client, cleo):
    session = make_session(cleo)
    end_session(session, by="worker")

    response = client.get(ACTIVITY, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (286, f"/live/{session.id}/summary/")


def test_poll_of_somebody_without_a_live_stops(client, vera, mallory):
    for nobody in (vera, mallory):
        client.force_login(nobody)
        response = client.get(ACTIVITY, headers=HTMX)
        assert response.status_code == 286
        assert "HX-Redirect" not in response


# --- Here ---------------------------------------------------------------------------------------


def test_being_there_is_posted_and_keeps_the_live(client, cleo):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = make_session(cleo)
        clock.shift(timedelta(minutes=10))
        client.get(STUDIO)
        session.refresh_from_db()
        assert session.creator_seen_at == timezone.now() - timedelta(minutes=10)

        response = client.post(f"/live/{session.id}/here/")

        assert (response.status_code, response["Location"]) == (303, STUDIO)
        session.refresh_from_db()
        assert session.creator_seen_at == timezone.now()


def test_being_there_with_htmx_brings_who_gave(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session)

    response = client.post(f"/live/{session.id}/here/", headers=HTMX)

    assert response.status_code == 200
    shown = response.content.decode()
    assert shown.startswith('<div class="stack" id="pulse">')
    assert "Vera" in shown


def test_being_there_after_the_end_leads_to_the_summary(client, cleo):
    session = make_session(cleo)
    end_session(session, by="worker")

    answer = client.post(f"/live/{session.id}/here/")

    assert answer["Location"] == f"/live/{session.id}/summary/"

    response = client.post(f"/live/{session.id}/here/", headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (286, f"/live/{session.id}/summary/")


# --- Numbers ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # the feed reads committed rows only
def test_quick_repeats_are_one_combo_and_counted_as_each(vera):
    session, imani = make_session(), make_user("Imani", coins=100)
    for _ in range(3):
        tap(vera, session, quantity=2)
    tap(imani, session)
    tap(vera, session)

    combos = [(combo.face.name, combo.quantity, combo.coins) for combo in latest_combos(session)]

    assert combos == [("Vera", 1, 5), ("Imani", 1, 5), ("Vera", 6, 30)]


@pytest.mark.once
def test_chart_adds_up_to_the_gifts(vera):
    with time_machine.travel("2026-11-20 19:00:30+00:00", tick=False) as clock:
        session = make_session()
        tap(vera, session)
        clock.shift(timedelta(minutes=10))
        tap(vera, session, quantity=3)

        chart = chart_of(session)

    assert [bar.gifts for bar in chart.bars] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (chart.minutes, chart.most, chart.bars[-1].height, chart.bars[0].height) == (1, 3, 90, 30)


@pytest.mark.once
def test_chart_of_a_long_live_has_at_most_20_parts(vera):
    with time_machine.travel("2026-11-20 19:00:00+00:00", tick=False) as clock:
        session = make_session()
        clock.shift(timedelta(minutes=44, seconds=59))
        tap(vera, session)
        chart = chart_of(session)

    assert (len(chart.bars), chart.minutes, chart.bars[-1].gifts) == (15, 3, 1)


@pytest.mark.once
def test_chart_without_gifts_is_flat():
    assert [bar.height for bar in draw([0, 0], timezone.now(), 1).bars] == [0, 0]


@pytest.mark.once
def test_minutes_begun_count_and_tenths_are_rounded_down():
    session = LiveSession(started_at=timezone.now())
    later = session.started_at + timedelta(seconds=241)

    with time_machine.travel(session.started_at, tick=False):
        assert minutes_of(session) == 1
    with time_machine.travel(later, tick=False):
        assert minutes_of(session) == 5
        assert gifts_a_minute(session, 23) == 4.6
        assert gifts_a_minute(session, 24) == 4.8


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/live/studio/?page=2", "/live/studio/%3Fpage%3D2"),
        ("http://elsewhere.example/live/studio/", "/live/studio/activity/%3Fseen%3D1"),
        ("http://[::1", "/live/studio/activity/%3Fseen%3D1"),
    ],
)
def test_log_in_that_a_fragment_was_answered_with_leads_back_to_the_page_that_asked(client, page, back):
    asked = client.get("/live/studio/activity/?seen=1", headers={**HTMX, "HX-Current-URL": page})
    assert (asked.status_code, asked["HX-Redirect"]) == (200, f"/accounts/login/?next={back}")
