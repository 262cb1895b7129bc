"""Somebody: gifts and comments without a name lead to the person on their own and operators' pages only."""

from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from live.comments.comments import write_comment
from live.creators.following import follow
from live.faces import key_of
from live.overlay.overlays import make_overlay
from live.sessions.sessions import end_session
from live.totals.gifters import Gifters
from live.totals.thanks import thank
from people.appearing import appear
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from tests.test_every_url import every_route, fill_in, group_of, sign_in

pytestmark = pytest.mark.django_db
# A string that no page contains by accident.
NAME, NUMBER = "Veronika Quill", 987_654_321


@pytest.fixture
def vera():
    vera = make_user(NAME, email="quill@example.com", id=NUMBER, avatar="spouting-whale", coins=10_000)
    appear(vera, as_somebody=True)
    return vera


def give_and_write(viewer, session):
    write_comment(author=viewer, session_id=session.pk, comment_id=uuid4(), text="Good evening")
    return tap(viewer, session, gift_slug="drama-queen")


@pytest.mark.once  # the feed of PostgreSQL shows what is committed
def test_no_page_of_the_site_tells_anybody_who_somebody_is(vera):
    cleo = make_creator("Cleo")
    ended = make_session(cleo)
    give_and_write(vera, ended)
    end_session(ended, by="creator")
    ended.refresh_from_db()
    thank(ended, None, "Thank you.")
    live = make_session(cleo)
    follow(user=vera, creator=cleo)
    write_comment(author=vera, session_id=live.pk, comment_id=uuid4(), text="Here again")
    given = tap(vera, live)
    values = {"session_id": live.pk, "ended_id": ended.pk, "handle": cleo.handle, "token": make_overlay(cleo).token}
    values |= {"tap_id": vera.taps.get(pk=given.id).tap_id, "year": live.started_at.year, "slug": "x", "pk": 1}
    values |= {"recharge_id": uuid4(), "withdrawal_id": uuid4(), "account_id": uuid4(), "provider": "sandbox"}
    values |= {"month": live.started_at.month}
    readers = {"mallory": Client(), "cleo": Client()}
    sign_in(readers["mallory"], make_user("Mallory"))
    sign_in(readers["cleo"], cleo.user)

    told, somebody = [], set()
    for route in dict.fromkeys(every_route()):
        if group_of(route) != "product" or route.endswith("/events/"):
            continue
        address = fill_in(route, values)
        for who, reader in readers.items():
            for query in ("", "?format=csv") if who == "cleo" else ("",):
                text = reader.get(address + query).getvalue().decode()
                told += [(who, address, word) for word in (NAME, "quill@", str(NUMBER)) if word in text]
                somebody |= {(who, route)} if "Somebody</" in text else set()
    assert told == []
    # The pages show the gift.
    room, feed, board = (f"live/<uuid:session_id>/{page}" for page in ("", "feed/", "board/"))
    studio = ("live/studio/", "live/studio/activity/", "live/<uuid:session_id>/summary/")
    assert somebody >= {("mallory", page) for page in (room, feed, board)} | {("cleo", page) for page in studio}


def test_appearing_counts_from_now_on_and_leaves_what_was(vera):
    live = make_session()
    give_and_write(vera, live)
    appear(vera, as_somebody=False)
    give_and_write(vera, live)

    assert [gifter.face.name for gifter in Gifters(live)[:5]] == ["Somebody", NAME]
    assert [comment.face.name for comment in live.comments.select_related("author")] == ["Somebody", NAME]


def test_operators_see_who_it_was(client, vera):
    give_and_write(vera, make_session())
    sign_in(client, make_user("Otto", is_staff=True, is_superuser=True))

    for page in ("gifttap", "comment"):
        shown = client.get(f"/admin/live/{page}/").text
        assert NAME in shown
        assert 'alt="True"' in shown  # as Somebody


def test_tray_says_as_whom_a_viewer_appears_and_changes_it(client, vera):
    appear(vera, as_somebody=False)
    live = make_session()
    client.force_login(vera)
    room, path = f"/live/{live.pk}/", f"/live/{live.pk}/face/"
    mine, nobodys = (key_of(NUMBER, live.pk, as_somebody) for as_somebody in (False, True))
    shown = client.get(room).text
    assert f'data-face="{mine}"' in shown
    assert f'data-faces="{mine} {nobodys}"' in shown
    # The first post shows a question and changes no row, also without JavaScript.
    assert '<button id="appear" type="button" popovertarget="appear-ask"' in shown
    assert "Appear as Somebody in all lives?" in shown
    assert "In all lives, from now on." not in shown

    shown = client.post(path, {"appear": "somebody"}, headers=HTMX).text
    assert shown.startswith('<form class="own-face" id="own-face"')
    assert f'data-face="{nobodys}"' in shown
    assert "as <strong>Somebody</strong>" in shown
    assert 'In all lives, from now on. <button name="appear" value="name">Undo' in shown
    vera.refresh_from_db()
    give_and_write(vera, live)
    assert live.taps.get().as_somebody

    answer = client.post(path, {"appear": "name"})

    assert answer["Location"] == f"{room}#tray"

    said = f"You appear as {NAME} in all lives, from now on. “Change” in the tray undoes it."
    page = client.get(room)

    assert said in unescape(page.text)

    for headers in ({}, HTMX):
        refused = client.post(path, {"appear": "cleo"}, headers=headers)
        assert refused.status_code == 422
        assert "Choose your name or Somebody." in refused.text
    page = client.get(room)

    assert f"as <strong>{NAME}</strong>" in page.text

    answer = client.post(f"/live/{uuid4()}/face/", {"appear": "somebody"})

    assert answer.status_code == 404
