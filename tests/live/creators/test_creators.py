"""Pages about creators: the front page, running lives, a creator's page, following."""

import pytest
from django.urls import reverse

from live.models import Follow
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX

pytestmark = pytest.mark.django_db


def at(name, handle):
    return reverse(name, args=[handle])


def one_live(name="Cleo", **session):
    return make_session(make_creator(name, followers=3), **session)


# --- The front door, and who is live ------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/live/"])
def test_everybody_sees_who_is_live(client, page):
    vera, session, over = make_user(coins=100), make_session(), one_live("Ida", title="Harbour at dusk")
    tap(vera, session, quantity=3)
    end_session(over, by="creator")

    shown = client.get(page).content.decode()

    assert f'data-live-session="{session.id}"' in shown
    assert "<b>15</b> points" in shown
    assert 'title="1,000 followers"><b>1K</b>' in shown
    assert str(over.id) not in shown


@pytest.mark.once
@pytest.mark.parametrize("page", ["/", "/live/"])
def test_quiet_evening_says_so(client, page):
    shown = client.get(page)

    assert "Nobody is live right now" in shown.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_who_is_live_takes_3_queries(client, count, django_assert_num_queries):
    vera = make_user(coins=1_000)
    for number in range(count):
        tap(vera, make_session(make_creator(f"Creator{number}", followers=1_000)))

    with django_assert_num_queries(3):  # categories, lives, rates
        client.get("/")
    with django_assert_num_queries(3):  # categories, how many, lives
        client.get("/live/")


@pytest.mark.once
def test_front_door_says_what_a_coin_and_a_diamond_are_worth(client):
    shown = client.get("/").content.decode()

    assert "100 coins cost $1.00" in shown
    assert "<dt>1 diamond is worth</dt><dd>$0.005</dd>" in shown
    assert "50% of it reaches the creator" in shown
    assert 'href="/economy/"' in shown


def test_front_door_shows_the_liveliest_first(client):
    vera, lively = make_user(coins=100), make_session()
    one_live("Ida")
    tap(vera, lively)

    page = client.get("/")

    assert f'<a class="button" href="/live/{lively.id}/">Watch Cleo live</a>' in page.content.decode()


@pytest.mark.once
@pytest.mark.parametrize("page", ["x", "0", "-1", "9" * 30, "٣"])
def test_odd_page_numbers_are_no_error(client, page):
    shown = client.get("/live/", {"page": page})

    assert shown.status_code == 200


# --- A creator's page ---------------------------------------------------------------------------


def test_everybody_sees_a_creator(client):
    cleo = make_creator(followers=1_234)
    session = make_session(cleo)
    tap(make_user(coins=100), session, gift_slug="clover")
    end_session(session, by="creator")
    running = make_session(cleo, title="Second set")

    shown = client.get(at("creator", cleo.handle)).content.decode()

    assert 'title="1,234 followers"><strong>1.2K</strong>' in shown
    assert f'data-live-session="{running.id}"' in shown
    assert "25 points <small>1 gift</small>" in shown
    assert f'href="/accounts/login/?next=/%40{cleo.handle}/">Follow</a>' in shown


def test_unknown_creator_is_404(client):
    page = client.get("/@nobody/")

    assert page.status_code == 404


def test_what_is_missing_is_between_the_creator_and_us(client):
    nova = make_creator("Nova", followers=987)

    page = client.get(at("creator", nova.handle))

    assert "more followers to go" not in page.content.decode()

    client.force_login(make_user("Mallory"))
    page = client.get(at("creator", nova.handle))

    assert "more followers to go" not in page.content.decode()

    client.force_login(nova.user)
    page = client.get(at("creator", nova.handle))

    assert "13 more followers to go" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_creators_page_takes_as_many_queries_for_3_lives_as_for_1(client, count, django_assert_num_queries):
    cleo = make_creator(followers=3)
    for _ in range(count):
        end_session(make_session(cleo), by="creator")

    with django_assert_num_queries(4):  # creator, running live, how many lives, lives
        client.get(at("creator", cleo.handle))

    client.force_login(make_user("Vera"))
    with django_assert_num_queries(8):  # and log-in and user, follows, coins, notices
        client.get(at("creator", cleo.handle))


# --- Follow -------------------------------------------------------------------------------------


def test_follow_and_unfollow_as_plain_forms(client):
    vera, cleo = make_user("Vera"), make_creator(followers=3)
    client.force_login(vera)

    response = client.post(at("follow", cleo.handle))
    assert (response.status_code, response["Location"]) == (303, at("creator", cleo.handle))

    page = client.get(at("creator", cleo.handle))

    assert "Unfollow" in page.content.decode()
    assert cleo.followers.count() == 4

    response = client.post(at("unfollow", cleo.handle))
    assert response.status_code == 303
    assert cleo.followers.count() == 3


def test_follow_with_htmx_answers_with_the_piece(client):
    vera, cleo = make_user("Vera"), make_creator(followers=3)
    client.force_login(vera)

    response = client.post(at("follow", cleo.handle), headers=HTMX)

    shown = response.content.decode()
    assert response.status_code == 200
    assert shown.startswith('<div class="follow" id="follow">')
    assert "<strong>4</strong> followers" in shown
    assert "Unfollow" in shown


@pytest.mark.once
def test_stranger_who_follows_is_led_to_log_in(client):
    cleo = make_creator(followers=3)

    response = client.post(at("follow", cleo.handle))
    assert (response.status_code, response["Location"]) == (
        302,
        f"/accounts/login/?next=/%40{cleo.handle}/follow/",
    )

    answer = client.post(at("follow", cleo.handle), headers=HTMX)

    assert answer["HX-Redirect"].startswith("/accounts/login/")
    assert cleo.followers.count() == 3


@pytest.mark.once
@pytest.mark.parametrize("name", ["follow", "unfollow"])
def test_coming_back_from_log_in_leads_to_the_creator_and_changes_nothing(client, name):
    vera, cleo = make_user("Vera"), make_creator(followers=3)
    client.force_login(vera)

    page = client.get(at(name, cleo.handle))

    assert page["Location"] == at("creator", cleo.handle)
    assert cleo.followers.count() == 3


def test_following_oneself_is_refused_in_words(client):
    cleo = make_creator(followers=3)
    client.force_login(cleo.user)

    response = client.post(at("follow", cleo.handle), headers=HTMX)

    assert response.status_code == 409
    assert "You can&#x27;t follow yourself" in response.content.decode()
    assert not Follow.objects.filter(follower=cleo.user).exists()


def test_follow_of_nobody_is_404(client):
    client.force_login(make_user("Vera"))

    answer = client.post("/@nobody/follow/")

    assert answer.status_code == 404
