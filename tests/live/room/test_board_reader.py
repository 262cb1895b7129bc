"""The board that a room's reader keeps: always as a new one would be, and only what changed is rendered."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from live.comments.comments import mute_author, remove_comment, write_comment
from live.gifts.test_gifts import send_test_gift
from live.models import Gift, LiveSession, TestGift
from live.room import board
from live.room.board import PARTS, Board, read_board
from live.room.presence import process_of, say_viewers
from people.models import User
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = pytest.mark.django_db
TEST_GIFTS, STANDINGS = "live/room/_test_gifts.html", "live/room/_standings.html"


@pytest.fixture
def live():
    """A live with a comment of Vera's, a tap of hers, a goal and a viewer."""
    live, vera = make_session(make_creator("Cleo")), make_user("Vera", coins=500)
    change(live, goal_kind="points", goal=100)
    say(vera, live, "Bravo")
    tap(vera, live)
    say_viewers(live.pk, process_of("test"), 1)
    return live


@pytest.fixture
def rendered(monkeypatch):
    """The templates that were rendered so far."""
    names, render = [], board.render_to_string
    monkeypatch.setattr(board, "render_to_string", lambda name, context: (names.append(name), render(name, context))[1])
    return names


def change(live, **fields):
    LiveSession.objects.filter(pk=live.pk).update(**fields)
    live.refresh_from_db(fields=list(fields))


def say(author, live, text):
    return write_comment(author=author, session_id=live.pk, comment_id=uuid4(), text=text).comment


def vera():
    return User.objects.get(name="Vera")


def hidden_by_a_mute(live):
    mute_author(live.comments.get())


def later(live):
    """Let the test gifts that are shown go."""
    TestGift.objects.update(created_at=timezone.now() - timedelta(minutes=1))


CHANGES = {
    "a comment": lambda live: say(make_user("Noor"), live, "Encore"),
    "a removed comment": lambda live: remove_comment(live.comments.get(), by=live.creator.user),
    "a muted author": hidden_by_a_mute,
    "a new name": lambda live: User.objects.filter(name="Vera").update(name="Veronica"),
    "a new picture": lambda live: User.objects.filter(name="Vera").update(avatar="fox"),
    "a title": lambda live: change(live, title="Saturday"),
    "another goal": lambda live: change(live, goal=200),
    "no goal": lambda live: change(live, goal=None),
    "a video": lambda live: change(live, video_url="https://video.example.com/live.m3u8"),
    "another viewer": lambda live: say_viewers(live.pk, process_of("test"), 2),
    "no viewers": lambda live: say_viewers(live.pk, process_of("test"), 0),
    "a tap": lambda live: tap(vera(), live),
    "a tap of another": lambda live: tap(make_user("Noor", coins=50), live),
    "a test gift": lambda live: send_test_gift(live.creator, Gift.objects.get(slug="panda")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_is_seen_and_the_board_is_as_a_new_one_would_be(live, what):
    kept = Board(live)
    before = kept.read(live)
    assert before == read_board(live)

    CHANGES[what](live)
    after = kept.read(live)

    assert after != before
    assert after == read_board(live)


def test_board_without_a_change_renders_nothing(live, rendered):
    kept = Board(live)
    before = kept.read(live)
    assert rendered == list(PARTS)
    rendered.clear()

    assert kept.read(live) == before
    assert rendered == []


@pytest.mark.parametrize(
    ("what", "parts"),
    [
        ("a comment", ["live/room/_comments.html"]),
        ("a title", ["live/room/_title.html"]),
        ("another viewer", ["live/room/_viewers.html"]),
        ("a tap", ["live/room/_goal.html", "live/room/_top_gifters.html", STANDINGS]),
        ("a test gift", [TEST_GIFTS]),
    ],
)
def test_change_renders_its_own_parts_alone(live, rendered, what, parts):
    kept = Board(live)
    kept.read(live)
    rendered.clear()

    CHANGES[what](live)
    kept.read(live)

    assert rendered == parts


def test_test_gift_goes_by_itself_and_the_next_one_comes(live):
    kept, panda = Board(live), Gift.objects.get(slug="panda")
    send_test_gift(live.creator, panda)
    assert "data-test" in kept.read(live)[TEST_GIFTS]

    later(live)
    assert "data-test" not in kept.read(live)[TEST_GIFTS]
    send_test_gift(live.creator, panda)

    assert "data-test" in kept.read(live)[TEST_GIFTS]


def test_test_gifts_are_not_read_while_there_are_none(live, monkeypatch):
    kept = Board(live)
    kept.read(live)

    send_test_gift(live.creator, Gift.objects.get(slug="panda"))
    kept.read(live)
    later(live)
    kept.read(live)
    monkeypatch.setattr(board, "shown_now", None)

    kept.read(live)


def test_look_without_a_change_takes_five_queries(live, django_assert_num_queries):
    kept = Board(live)
    kept.read(live)

    with django_assert_num_queries(5):  # viewers, signs of comments and of test gifts, points of the goal, gifters
        kept.read(live)


def test_query_that_fails_costs_no_change(live, monkeypatch):
    kept, know = Board(live), board.Gifters
    kept.read(live)
    say(make_user("Noor"), live, "Encore")

    def away(session):
        raise OperationalError

    monkeypatch.setattr(board, "Gifters", away)
    with pytest.raises(OperationalError):
        kept.read(live)
    monkeypatch.setattr(board, "Gifters", know)

    assert kept.read(live) == read_board(live)


def test_board_of_a_live_holds_nothing_of_another(live):
    kept, other = Board(live), make_session(make_creator("Nova"))
    before = kept.read(live)

    say(make_user("Noor"), other, "A word for Nova alone")
    send_test_gift(other.creator, Gift.objects.get(slug="panda"))
    say_viewers(other.pk, process_of("test"), 9)

    assert kept.read(live) == before
