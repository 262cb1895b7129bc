"""Comments: stored once for each id, and shown to every viewer."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from live.comments.comments import mute_author
from live.comments.muted_words import add_muted_word
from live.comments.words import clean_line
from live.demo.words import LINES
from live.models import Comment
from live.room import board
from live.sessions.sessions import end_session
from live.streams.frames import event
from tests.factories import make_creator, make_session, make_user
from tests.htmx import HTMX
from tests.live.comments.commenting import browser, post, shown, write

pytestmark = pytest.mark.django_db


# --- Writing ------------------------------------------------------------------------------------


def test_comment_is_seen_by_everybody(client, live, vera):
    answer = post(browser(vera), live, "  Bravo,\u202e Cleo\n")

    assert answer.status_code == 200
    assert f'<li class="comment" data-comment="{Comment.objects.get().pk}">' in answer.text
    assert 'name="comment_id" id="comment-id"' in answer.text
    assert shown(live) == [("Vera", "Bravo, Cleo")]
    room = client.get(reverse("room", args=[live.pk])).text
    assert '<bdi class="said">Bravo, Cleo</bdi>' in room
    assert "Log in to comment" in room


def test_comment_without_javascript_leads_back_to_the_room_that_shows_it(live, vera):
    web = browser(vera)
    page = web.get(reverse("room", args=[live.pk])).text
    comment_id = re.search(r'id="comment-id" value="([0-9a-f-]{36})"', page)[1]

    for _ in range(2):
        answer = post(web, live, htmx=False, comment_id=comment_id)
        assert (answer.status_code, answer["Location"]) == (303, f"/live/{live.pk}/#say")

    assert answer["Idempotency-Replayed"] == "true"
    assert shown(live) == [("Vera", "Bravo")]


def test_same_id_is_one_comment_and_with_anything_else_it_is_refused(live, vera):
    web, mallory, comment_id = browser(vera), browser(make_user("Mallory")), uuid4()
    other = make_session(make_creator("Nova", followers=3))
    first = post(web, live, comment_id=comment_id)
    again = post(web, live, comment_id=comment_id)
    line = '<bdi class="said">Bravo</bdi>'
    assert line in first.text and line in again.text
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first

    for who, where, text in ((web, live, "Encore"), (mallory, live, "Bravo"), (web, other, "Bravo")):
        refused = post(who, where, text, comment_id=comment_id)
        assert refused.status_code == 409
        assert "stands for another one already" in refused.text
    assert Comment.objects.count() == 1
    assert shown(live) == [("Vera", "Bravo")]


def test_repeat_is_answered_after_the_end_and_a_new_comment_is_not_written(live, vera):
    web, comment_id = browser(vera), uuid4()
    post(web, live, comment_id=comment_id)
    end_session(live, by="creator")
    answer = post(web, live, comment_id=comment_id)

    assert answer.status_code == 200

    late = post(web, live)
    assert late.status_code == 409
    assert "The live has ended. Your comment was not sent." in late.text
    assert Comment.objects.count() == 1


def test_live_with_a_closed_tray_has_comments_and_viewers_and_its_creator_may_write(client):
    nova = make_creator("Nova", followers=987)
    live = make_session(nova)
    post(browser(nova.user), live, "Hello, all of you")
    page = client.get(reverse("room", args=[live.pk])).text
    assert "13 more followers to go" in page
    assert '<small>creator</small> <bdi class="said">Hello, all of you</bdi>' in page
    assert 'id="viewers"' in page
    assert f'data-events="/live/{live.pk}/events/"' in page


def test_somebody_writes_as_somebody_and_stays_it(live):
    imani = make_user("Imani", is_somebody=True)
    write(imani, live)
    type(imani).objects.update(is_somebody=False)
    write(imani, live, "By name now")
    assert shown(live) == [("Somebody", "Bravo"), ("Imani", "By name now")]


def test_strangers_and_closed_accounts_write_nothing(live, vera):
    answer = post(Client(), live)

    assert answer["HX-Redirect"].startswith("/accounts/login/")

    answer = post(browser(vera), make_session(make_creator("Nova")), comment_id=uuid4())

    assert answer.status_code == 200

    unknown = browser(vera).post(reverse("comment", args=[uuid4()]), {"text": "Hi", "comment_id": uuid4()})
    assert unknown.status_code == 404
    web = browser(vera)
    type(vera).objects.filter(pk=vera.pk).update(is_active=False)
    answer = post(web, live)

    assert answer["HX-Redirect"].startswith("/accounts/login/")

    with pytest.raises(Exception, match="closed"):
        write(vera, live)
    assert shown(live) == []


@pytest.mark.once
@pytest.mark.parametrize("text", ["", "   ", "\u200b\u202e", "x" * 201, "a\x00b"])
@pytest.mark.parametrize("htmx", [True, False])
def test_text_that_cannot_be_is_422_and_stays_in_the_field(live, vera, text, htmx):
    answer = post(browser(vera), live, text, htmx=htmx)
    assert answer.status_code == 422
    assert '<p class="glass fine" id="comment-line" role="alert">' in answer.text
    if len(text) > 200 and not htmx:
        assert f'name="text" value="{text}"' in answer.text
        assert "A comment has at most 200 characters." in answer.text
    assert not Comment.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("comment_id", ["", "7", "{" + str(uuid4()) + "}", "x" * 5_000])
def test_id_that_is_none_is_422(live, vera, comment_id):
    answer = post(browser(vera), live, comment_id=comment_id)

    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_200_characters_fit(live, vera):
    post(browser(vera), live, "ü" * 200)
    assert shown(live) == [("Vera", "ü" * 200)]


def test_4_in_ten_seconds_and_12_in_a_minute_and_not_one_more(live, vera):
    web, other = browser(vera), make_session(make_creator("Nova", followers=3))
    with time_machine.travel("2026-11-24 19:00:00+00:00", tick=False) as clock:
        for number in range(4):
            answer = post(web, (live, other)[number % 2])

            assert answer.status_code == 200
        clock.shift(timedelta(seconds=3))
        refused = post(web, live)
        assert (refused.status_code, refused["Retry-After"]) == (429, "7")
        assert "At most 4 comments in 10 seconds. The next one can go in 7 s." in refused.text
        for _ in range(2):
            clock.shift(timedelta(seconds=10))
            statuses = [post(web, live).status_code for _ in range(4)]

            assert statuses == [200] * 4
        clock.shift(timedelta(seconds=17))
        refused = post(web, live, htmx=False)
        assert (refused.status_code, refused["Retry-After"]) == (429, "20")
        assert "At most 12 comments in 60 seconds." in refused.text
        assert 'name="text" value="Bravo"' in refused.text

        answer = post(browser(make_user("Imani")), live)

        assert answer.status_code == 200

        clock.shift(timedelta(seconds=20))
        answer = post(web, live)

        assert answer.status_code == 200
    assert Comment.objects.filter(author=vera).count() == 13


def test_a_comment_takes_13_queries(live, vera, django_assert_num_queries):
    web = browser(vera)
    for word in ("rude", "ruder"):
        add_muted_word(live.creator, word)
    # log-in, user; savepoint, the person, the id, the live, muted, words, pace, savepoint, the comment, 2 releases
    with django_assert_num_queries(12):
        answer = post(web, live)

    assert answer.status_code == 200


@pytest.mark.parametrize("htmx", [True, False])
def test_creator_writes_from_the_studio_and_stays_there(live, vera, htmx):
    cleo, headers, address = browser(live.creator.user), HTMX if htmx else {}, reverse("studio-comment")
    comment_id = re.search(r'id="comment-id" value="([0-9a-f-]{36})"', cleo.get("/live/studio/").text)[1]
    for _ in range(2):
        answer = cleo.post(address, {"text": "Hello", "comment_id": comment_id}, headers=headers)
        assert (answer.status_code, answer.get("Location")) == ((200, None) if htmx else (303, "/live/studio/"))
    if htmx:
        assert answer.text.startswith('<form class="saying" id="studio-say"')
        assert 'id="moderation"' in answer.text and "<bdi>Hello</bdi>" in answer.text
    assert shown(live) == [("Cleo", "Hello")]

    refused = cleo.post(address, {"text": "x" * 201, "comment_id": uuid4()}, headers=headers)
    assert refused.status_code == 422
    assert f'name="text" value="{"x" * 201}"' in refused.text
    assert "A comment has at most 200 characters." in refused.text
    assert len(shown(live)) == 1
    for other in (vera, make_creator("Nova", followers=3).user):
        response = browser(other).post(address, {"text": "Hi", "comment_id": uuid4()})

        assert response.status_code == 404


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</li></ol><form action=//evil.example>",
    '" autofocus onfocus="alert(1)',
    "<div hx-get=/accounts/logout/ hx-trigger=load>",
    "{{ settings.SECRET_KEY }}{% load static %}",
    "javascript:alert(1)//\u2028data: x",
]


# --- Shown --------------------------------------------------------------------------------------


@pytest.mark.once
def test_text_is_text_wherever_it_is_shown(live):
    cleo = browser(live.creator.user)
    for number, payload in enumerate(PAYLOADS):
        author = make_user(f"<b>Mallory{number}", email=f"mallory{number}@example.com")
        answer = post(browser(author), live, payload)

        assert answer.status_code == 200

        if number % 2:
            mute_author(Comment.objects.latest("pk"))

    stream = event("".join(board.read_board(live).values()), name="board").decode()
    pages = [
        stream,
        cleo.get(reverse("room", args=[live.pk])).text,
        cleo.get(reverse("board", args=[live.pk])).text,
        cleo.get("/live/studio/").text,
        cleo.get(reverse("studio-comments")).text,
    ]
    for page in pages:
        for payload in PAYLOADS:
            assert clean_line(payload) not in page.replace(escape(clean_line(payload)), "")
        assert escape(PAYLOADS[0]) in page
        assert "<b>Mallory" not in page
    assert all(line.startswith(("event: ", "data:")) for line in stream.strip().splitlines())


def test_room_shows_the_last_12_in_order(live):
    for number in range(14):
        write(make_user(f"Viewer{number}"), live, f"Line {number}")
    assert [text for _, text in shown(live)] == [f"Line {number}" for number in range(2, 14)]


@pytest.mark.parametrize("count", [1, 3])
def test_board_takes_4_queries_for_3_comments_as_for_1(live, count, django_assert_num_queries):
    for number in range(count):
        write(make_user(f"Viewer{number}"), live)
    live.refresh_from_db()
    with django_assert_num_queries(4):  # viewers, comments, test gifts, gifters
        board.read_board(live)
    assert len(shown(live)) == count


# --- The demo's ---------------------------------------------------------------------------------


@pytest.mark.once
def test_lines_of_the_demo_are_as_people_type_them():
    lines = [line for lines in LINES.values() for line in lines]
    assert [clean_line(line) for line in lines] == lines
    assert max(map(len, lines)) <= 200


def test_comments_are_dated_when_they_are_written(live, vera):
    moment = timezone.now() - timedelta(minutes=3)
    comment = write(vera, live, now=moment)

    assert comment.created_at == moment
