"""The studio: start, watch, say that one is there, end. Mallory finds nothing here."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from live.happenings import latest_combos
from live.models import LiveSession
from live.sessions import end_session
from live.stats import chart_of, draw, gifts_a_minute, minutes_of
from payouts.diamonds import diamond_balance
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
STUDIO, START, ACTIVITY = "/live/studio/", "/live/studio/start/", "/live/studio/activity/"


@pytest.fixture
def cleo(client):
    cleo = make_creator(followers=1_000)
    client.force_login(cleo.user)
    return cleo


@pytest.fixture
def vera():
    return make_user("Vera", coins=10_000)


@pytest.fixture
def mallory(client):
    return make_creator("Mallory", followers=3).user


# --- Before a live ------------------------------------------------------------------------------


@pytest.mark.once
def test_strangers_are_led_to_log_in(client):
    for path in (STUDIO, START, ACTIVITY, "/live/studio/profile/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize(("followers", "words"), [(987, "13 more followers to go"), (999, "1 more follower to go")])
def test_creator_sees_what_is_missing(client, followers, words):
    nova = make_creator("Nova", followers=followers)
    client.force_login(nova.user)

    shown = client.get(STUDIO).content.decode()

    assert words in shown
    assert f'<progress max="1000" value="{followers}"' in shown


def test_creator_with_enough_followers_sees_that_gifts_are_open(client, cleo):
    shown = client.get(STUDIO).content.decode()

    assert "Gifts are open" in shown
    assert f"http://testserver/@{cleo.handle}/" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_studio_takes_as_many_statements_for_3_past_lives_as_for_1(
    client, cleo, vera, count, django_assert_num_queries
):
    for _ in range(count):
        session = make_session(cleo)
        tap(vera, session, quantity=2)
        end_session(session, by="creator")

    # log-in, user, creator, running live, last choices, terms, followers, lives and how many, rates, coins, notices
    with django_assert_num_queries(12):
        shown = client.get(STUDIO).content.decode()

    assert shown.count("10 points<small>$0.05</small>") == count


# --- Start --------------------------------------------------------------------------------------


def test_start_opens_the_live_with_its_title(client, cleo):
    response = client.post(START, {"title": "  Friday\u202e strings\n"})

    assert (response.status_code, response["Location"]) == (303, STUDIO)
    session = cleo.sessions.get()
    assert (session.title, session.gifts_open, session.is_live) == ("Friday strings", True, True)


def test_start_with_htmx_leads_to_the_studio(client, cleo):
    assert client.post(START, {"title": "Friday strings"}, headers=HTMX)["HX-Redirect"] == STUDIO


@pytest.mark.once
@pytest.mark.parametrize("title", ["", "   ", "\u200b\u202e", "x" * 81, "a\x00b"])
def test_title_that_cannot_be_is_422_and_starts_nothing(client, cleo, title):
    for headers in ({}, HTMX):
        response = client.post(START, {"title": title}, headers=headers)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert not LiveSession.objects.exists()


@pytest.mark.once
def test_title_of_80_characters_fits(client, cleo):
    client.post(START, {"title": "ü" * 80})

    assert cleo.sessions.get().title == "ü" * 80


def test_start_twice_is_one_live(client, cleo):
    client.post(START, {"title": "First"})
    client.post(START, {"title": "Second"})

    assert cleo.sessions.get().title == "First"


def test_viewer_who_is_no_creator_cannot_start(client, vera):
    client.force_login(vera)

    response = client.post(START, {"title": "Friday strings"}, headers=HTMX)

    assert response.status_code == 409
    assert "Become a creator first" in response.content.decode()


def test_coming_back_from_log_in_starts_and_ends_nothing(client, cleo):
    assert client.get(START)["Location"] == STUDIO
    session = make_session(cleo)
    for what in ("end", "here"):
        assert client.get(f"/live/{session.id}/{what}/")["Location"] == f"/live/{session.id}/summary/"
    session.refresh_from_db()
    assert session.is_live


# --- During a live ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # the feed shows what is committed
def test_studio_shows_what_came_in(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session, quantity=12)
    tap(vera, session, gift="clover")

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
    tap(vera, session, gift="drama-queen", quantity=3)
    tap(vera, session, gift="spark", quantity=20)
    tap(vera, session, gift="encore", quantity=34)

    assert "Ending turns 18,420 points into 18,420 diamonds ($92.10)." in client.get(STUDIO).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_running_studio_takes_as_many_statements_for_3_gifters_as_for_1(client, cleo, count, django_assert_num_queries):
    session = make_session(cleo)
    for number in range(count):
        tap(make_user(f"Viewer{number}", coins=100), session)

    # The 15 of a look at it; chart, gifters, terms, comments, muted, overlay, gifts (twice), coins, notices
    with django_assert_num_queries(25):
        client.get(STUDIO)


@pytest.mark.parametrize("count", [1, 3])
def test_look_at_the_studio_is_15_statements_and_8_while_nothing_is_new(
    client, cleo, vera, count, django_assert_num_queries
):
    session = make_session(cleo)
    with time_machine.travel(timezone.now(), tick=False):
        for gift in ("panda", "spark", "clover")[:count]:
            tap(vera, session, gift=gift)
        # log-in, user, creator, live, taps, followers, tests, viewers; totals, gifters (4), last live, rates
        with django_assert_num_queries(15):
            response = client.get(ACTIVITY, headers=HTMX)
        assert response.status_code == 200
        with django_assert_num_queries(8):
            assert client.get(ACTIVITY, {"seen": response.context["mark"]}, headers=HTMX).status_code == 204


@pytest.mark.django_db(transaction=True)  # the feed shows what is committed
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
        assert client.get(ACTIVITY, {"seen": seen}, headers=HTMX).status_code == 204
        clock.shift(timedelta(minutes=1))
        assert client.get(ACTIVITY, {"seen": seen}, headers=HTMX).status_code == 200


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

    assert client.post(f"/live/{session.id}/here/")["Location"] == f"/live/{session.id}/summary/"
    response = client.post(f"/live/{session.id}/here/", headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (286, f"/live/{session.id}/summary/")


# --- End ----------------------------------------------------------------------------------------


def test_end_settles_and_leads_to_the_summary(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session, gift="encore")

    for _ in range(2):
        response = client.post(f"/live/{session.id}/end/")
        assert (response.status_code, response["Location"]) == (303, f"/live/{session.id}/summary/")
    assert client.post(f"/live/{session.id}/end/", headers=HTMX)["HX-Redirect"] == f"/live/{session.id}/summary/"

    assert diamond_balance(cleo.user) == 100
    session.refresh_from_db()
    assert session.settlement.ended_by == "creator"


@pytest.mark.parametrize("what", ["end", "here"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nobody_else_ends_a_live_or_keeps_it_going(client, cleo, vera, mallory, what, headers):
    session = make_session(cleo)
    otto = make_user("Otto", is_staff=True)

    for somebody in (vera, mallory, otto):
        client.force_login(somebody)
        assert client.post(f"/live/{session.id}/{what}/", headers=headers).status_code == 404
    client.force_login(cleo.user)
    assert client.post(f"/live/{uuid4()}/{what}/").status_code == 404

    session.refresh_from_db()
    assert session.is_live


# --- Numbers ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # the feed shows what is committed
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

    assert minutes_of(session, session.started_at) == 1
    assert minutes_of(session, later) == 5
    assert gifts_a_minute(session, 23, later) == 4.6
    assert gifts_a_minute(session, 24, later) == 4.8
