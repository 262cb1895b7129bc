"""A comment after the log-out: a cookie keeps it until the log-in, and the server stores no comment."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from live.models import Comment
from live.sessions.sessions import end_session
from tests.htmx import HTMX
from tests.live.comments.commenting import post

pytestmark = pytest.mark.django_db


def test_comment_of_somebody_who_was_logged_out_is_not_sent_and_in_its_field_once_they_are_back(live, vera):
    room, words = reverse("room", args=[live.pk]), "Ça va, Cleo? \U0001f3bb" + "\U0001f44f" * 90
    web = Client(enforce_csrf_checks=True)
    # A post from another site has no CSRF token, so the response sets no cookie.
    answer = post(web, live, "Buy this")

    assert answer.status_code == 403
    assert "Buy this" not in str(web.cookies)
    web.get("/accounts/login/")
    token = web.cookies["csrftoken"].value

    asked = post(web, live, words, htmx=False, csrfmiddlewaretoken=token)
    assert asked["Location"] == f"/accounts/login/?next={room}"
    by_script = post(web, live, words, csrfmiddlewaretoken=token)
    assert by_script["HX-Redirect"] == asked["Location"]
    assert "unsent_comment" in asked.cookies and "unsent_comment" in by_script.cookies
    assert len(web.cookies["unsent_comment"].value) < 4_000
    # The room reads the cookie after a log-in, in this room alone, and ignores a changed one.
    assert web.cookies["unsent_comment"]["path"] == room

    page = web.get(room)

    assert "You were logged out" not in page.text

    web.force_login(vera)
    back = web.get(room)
    assert f'id="say-text" name="text" value="{words}"' in back.text
    assert "You were logged out, so your comment wasn’t sent. It is in its field again." in back.text
    assert back.cookies["unsent_comment"].value == ""

    page = web.get(room)

    assert "You were logged out" not in page.text

    web.cookies["unsent_comment"] = "Buy-this:and:that"
    page = web.get(room)

    assert 'id="say-text" name="text" value=""' in page.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("htmx", [True, False])
def test_comment_typed_in_the_studio_while_logged_out_is_in_its_field_once_the_creator_is_back(live, htmx):
    web, asked = Client(), {"text": "Welcome, all", "comment_id": uuid4()}
    answer = web.post(reverse("studio-comment"), asked, headers=HTMX if htmx else {})
    assert answer["HX-Redirect" if htmx else "Location"] == "/accounts/login/?next=/live/studio/"
    assert answer.cookies["unsent_comment"]["path"] == "/live/studio/"

    web.force_login(live.creator.user)
    back = web.get("/live/studio/")
    assert 'id="studio-say-text" name="text" value="Welcome, all"' in back.text
    assert "You were logged out, so your comment wasn’t sent. It is in its field again." in back.text

    page = web.get("/live/studio/")

    assert "Welcome, all" not in page.text
    assert not Comment.objects.exists()


def test_comment_typed_in_the_studio_while_logged_out_is_not_spoken_of_before_another_live(live):
    web = Client()
    web.post(reverse("studio-comment"), {"text": "Welcome, all", "comment_id": uuid4()})
    end_session(live, by="worker")
    web.force_login(live.creator.user)
    page = web.get("/live/studio/")

    assert "your comment wasn’t sent" not in page.text


def test_unsent_comment_crosses_the_line_encrypted_alone_and_is_said_to_be_late_after_the_end(live, vera, settings):
    settings.SESSION_COOKIE_SECURE = True
    web = Client()
    post(web, live)
    assert web.cookies["unsent_comment"]["secure"]
    end_session(live, by="creator")
    web.force_login(vera)

    back = web.get(reverse("room", args=[live.pk]))

    assert "You were logged out, so your comment wasn’t sent. The live has ended since." in back.text
    assert "in its field" not in back.text
    assert back.cookies["unsent_comment"].value == ""


def test_comment_that_was_sent_with_a_reply_that_was_lost_is_not_offered_again(live, vera):
    room, web, comment_id = reverse("room", args=[live.pk]), Client(), uuid4()
    web.force_login(vera)
    post(web, live, "Bravo", comment_id=comment_id)
    web.logout()
    post(web, live, "Bravo", comment_id=comment_id)

    web.force_login(vera)
    back = web.get(room)

    assert "Your comment was sent before you were logged out." in back.text
    assert "wasn’t sent" not in back.text and 'id="say-text" name="text" value=""' in back.text
    assert Comment.objects.get().text == "Bravo"
