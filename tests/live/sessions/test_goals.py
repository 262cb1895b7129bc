"""The goal after the one that is reached: what is offered, and what a repeat changes."""

import pytest
from django.test import Client
from django.urls import reverse

from live.sessions.goals import LARGEST_GOAL_POINTS, Goal, goal_of, take_next_goal
from live.sessions.sessions import end_session, start_session
from people.refusals import Refusal
from tests.factories import make_creator, make_user, tap

pytestmark = pytest.mark.django_db


@pytest.fixture
def live():
    live = start_session(creator=make_creator("Cleo"), title="Friday strings", goal_kind="points", goal=1_000)
    tap(make_user("Imani", coins=1_200), live, gift_slug="encore", quantity=12)
    return live


@pytest.fixture
def studio(live):
    client = Client()
    client.force_login(live.creator.user)
    return client


@pytest.mark.parametrize(
    ("target", "so_far", "following"),
    [
        (1_000, 1_000, 2_000),
        (1_000, 1_500, 2_000),
        (1_000, 1_501, 3_000),
        (20_000, 39_000, 60_000),
        (1, 1, 2),
        (LARGEST_GOAL_POINTS, LARGEST_GOAL_POINTS, None),
    ],
)
def test_next_goal_is_a_multiple_at_least_half_a_goal_ahead(target, so_far, following):
    assert Goal("points", target, so_far).next_target == following


def test_next_goal_is_taken_once_however_often_it_is_asked_for(studio, live):
    answers = [studio.post(reverse("next-goal", args=[live.pk]), {"reached": "1000"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    live.refresh_from_db()
    assert goal_of(live) == Goal("points", 2_000, 1_200)


def test_goal_that_is_not_reached_stays(studio, live):
    take_next_goal(live, reached=1_000)
    studio.post(reverse("next-goal", args=[live.pk]), {"reached": "2000"})

    live.refresh_from_db()
    assert live.goal == 2_000


def test_studio_offers_it_and_the_answer_is_the_card(studio, live):
    page = studio.get(reverse("studio")).text

    assert "Next goal: 2,000 points" in page

    card = studio.post(reverse("next-goal", args=[live.pk]), {"reached": "1000"}, headers={"HX-Request": "true"}).text

    assert "of 2,000" in card
    assert "Next goal" not in card


@pytest.mark.parametrize("reached", ["", "many", "-1"])
def test_goal_that_is_no_number_is_refused(studio, live, reached):
    answer = studio.post(reverse("next-goal", args=[live.pk]), {"reached": reached})

    assert answer.status_code == 422
    live.refresh_from_db()
    assert live.goal == 1_000


def test_ended_live_keeps_its_goal(live):
    end_session(live, by="creator")
    live.refresh_from_db()

    with pytest.raises(Refusal, match="This live has ended"):
        take_next_goal(live, reached=1_000)
    assert live.goal == 1_000


def test_other_creator_must_get_404(live):
    client = Client()
    client.force_login(make_creator("Nova").user)

    answer = client.post(reverse("next-goal", args=[live.pk]), {"reached": "1000"})

    assert answer.status_code == 404
