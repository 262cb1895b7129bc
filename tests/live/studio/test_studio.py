"""The studio before a live and at its two ends."""

from uuid import uuid4

import pytest

from live.models import LiveSession
from live.sessions.sessions import end_session
from payouts.diamonds import diamond_balance
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX

pytestmark = pytest.mark.django_db
STUDIO, START, ACTIVITY = "/live/studio/", "/live/studio/start/", "/live/studio/activity/"


# --- Before a live ------------------------------------------------------------------------------


@pytest.mark.once
def test_strangers_are_led_to_log_in(client):
    for path in (STUDIO, START, ACTIVITY, "/live/studio/profile/"):
        page = client.get(path)

        assert page["Location"] == f"/accounts/login/?next={path}"


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
def test_studio_takes_as_many_queries_for_3_past_lives_as_for_1(client, cleo, vera, count, django_assert_num_queries):
    for _ in range(count):
        session = make_session(cleo)
        tap(vera, session, quantity=2)
        end_session(session, by="creator")

    # log-in, user, creator, running live, last choices, terms, followers, lives and how many, rates, categories, coins,
    # notices
    with django_assert_num_queries(12):
        shown = client.get(STUDIO).content.decode()

    assert shown.count("10 points <small>$0.05</small>") == count


# --- Start --------------------------------------------------------------------------------------


def test_start_opens_the_live_with_its_title(client, cleo):
    response = client.post(START, {"title": "  Friday\t strings\n"})

    assert (response.status_code, response["Location"]) == (303, STUDIO)
    session = cleo.sessions.get()
    assert (session.title, session.gifts_open, session.is_live) == ("Friday strings", True, True)


def test_start_with_htmx_leads_to_the_studio(client, cleo):
    answer = client.post(START, {"title": "Friday strings"}, headers=HTMX)

    assert answer["HX-Redirect"] == STUDIO


@pytest.mark.once
@pytest.mark.parametrize("title", ["", "   ", "\u200b\u202e", "x" * 81, "a\x00b"])
def test_title_that_cannot_be_is_422_and_starts_nothing(client, cleo, title):
    for headers in ({}, HTMX):
        response = client.post(START, {"title": title}, headers=headers)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert not LiveSession.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Friday\u202e strings", "The title holds an invisible character. Leave it out."),
        ("Z\u0336\u0335\u0334algo", "The title stacks more accents on one letter than any language does."),
        ("x" * 300, "Use at most 80 characters; this has 300."),
    ],
)
def test_title_that_would_be_changed_is_refused_with_the_rule_and_kept_in_its_field(client, cleo, title, words):
    page = client.post(START, {"title": title}).content.decode()

    assert words in page and f'value="{title}"' in page
    assert "in up to 80 characters." in page


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
    page = client.get(START)

    assert page["Location"] == STUDIO

    session = make_session(cleo)
    page = client.get(f"/live/{session.id}/here/")

    assert page["Location"] == f"/live/{session.id}/summary/"

    page = client.get(f"/live/{session.id}/end/")

    assert "End the live?" in page.text

    session.refresh_from_db()
    assert session.is_live


def test_page_that_asks_before_the_end_is_the_creators_while_the_live_runs(client, cleo, vera):
    session = make_session(cleo)
    address, summary = f"/live/{session.id}/end/", f"/live/{session.id}/summary/"

    page = client.get(address)

    assert f'action="{address}"' in page.text

    client.force_login(vera)
    page = client.get(address)

    assert page["Location"] == summary

    end_session(session, by="creator")
    client.force_login(cleo.user)
    page = client.get(address)

    assert page["Location"] == summary


# --- End ----------------------------------------------------------------------------------------


def test_end_settles_and_leads_to_the_summary(client, cleo, vera):
    session = make_session(cleo)
    tap(vera, session, gift_slug="encore")

    for _ in range(2):
        response = client.post(f"/live/{session.id}/end/")
        assert (response.status_code, response["Location"]) == (303, f"/live/{session.id}/summary/")
    answer = client.post(f"/live/{session.id}/end/", headers=HTMX)

    assert answer["HX-Redirect"] == f"/live/{session.id}/summary/"

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
        answer = client.post(f"/live/{session.id}/{what}/", headers=headers)

        assert answer.status_code == 404
    client.force_login(cleo.user)
    answer = client.post(f"/live/{uuid4()}/{what}/")

    assert answer.status_code == 404

    session.refresh_from_db()
    assert session.is_live
