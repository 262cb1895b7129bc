"""Comments: written once, seen by everybody, and gone for everybody when their creator says so."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from live import board
from live.comments import mute_author, remove_comment, unmute, write_comment
from live.demo_words import LINES
from live.models import Comment, Muted
from live.muted_words import add_muted_word, muted_word_in
from live.sessions import end_session
from live.streams.frames import event
from live.words import clean_line
from tests.factories import make_creator, make_session, make_user
from tests.operator import latest_history, make_limited_operator, make_operator

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def live():
    return make_session(make_creator("Cleo", followers=1_000))


@pytest.fixture
def vera():
    return make_user("Vera")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def write(author, live, text="Bravo", **more):
    return write_comment(author=author, session_id=live.pk, comment_id=uuid4(), text=text, **more).comment


def post(web, live, text="Bravo", *, htmx=True, **fields):
    fields = {"text": text, "comment_id": uuid4(), **fields}
    return web.post(reverse("comment", args=[live.pk]), fields, headers=HTMX if htmx else {})


def shown(live):
    """What the board says, to everybody: pairs of name and text."""
    html = board.read_board(live)["live/_comments.html"]
    return re.findall(r'<strong><bdi>(.*?)</bdi></strong>.*?<bdi class="said">(.*?)</bdi>', html)


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
    assert post(web, live, comment_id=comment_id).status_code == 200
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
    assert post(Client(), live)["HX-Redirect"].startswith("/accounts/login/")
    assert post(browser(vera), make_session(make_creator("Nova")), comment_id=uuid4()).status_code == 200
    unknown = browser(vera).post(reverse("comment", args=[uuid4()]), {"text": "Hi", "comment_id": uuid4()})
    assert unknown.status_code == 404
    web = browser(vera)
    type(vera).objects.filter(pk=vera.pk).update(is_active=False)
    assert post(web, live)["HX-Redirect"].startswith("/accounts/login/")
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
    assert post(browser(vera), live, comment_id=comment_id).status_code == 422
    assert not Comment.objects.exists()


def test_200_characters_fit(live, vera):
    post(browser(vera), live, "ü" * 200)
    assert shown(live) == [("Vera", "ü" * 200)]


def test_4_in_ten_seconds_and_12_in_a_minute_and_not_one_more(live, vera):
    web, other = browser(vera), make_session(make_creator("Nova", followers=3))
    with time_machine.travel("2026-11-24 19:00:00+00:00", tick=False) as clock:
        for number in range(4):
            assert post(web, (live, other)[number % 2]).status_code == 200
        clock.shift(timedelta(seconds=3))
        refused = post(web, live)
        assert (refused.status_code, refused["Retry-After"]) == (429, "7")
        assert "At most 4 comments in 10 seconds. The next one can go in 7 s." in refused.text
        for _ in range(2):
            clock.shift(timedelta(seconds=10))
            assert [post(web, live).status_code for _ in range(4)] == [200] * 4
        clock.shift(timedelta(seconds=17))
        refused = post(web, live, htmx=False)
        assert (refused.status_code, refused["Retry-After"]) == (429, "20")
        assert "At most 12 comments in 60 seconds." in refused.text
        assert 'name="text" value="Bravo"' in refused.text
        assert post(browser(make_user("Imani")), live).status_code == 200
        clock.shift(timedelta(seconds=20))
        assert post(web, live).status_code == 200
    assert Comment.objects.filter(author=vera).count() == 13


def test_a_comment_takes_13_statements(live, vera, django_assert_num_queries):
    web = browser(vera)
    for word in ("rude", "ruder"):
        add_muted_word(live.creator, word)
    # log-in, user; savepoint, the person, the id, the live, muted, words, pace, savepoint, the comment, 2 releases
    with django_assert_num_queries(13):
        assert post(web, live).status_code == 200


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
        assert browser(other).post(address, {"text": "Hi", "comment_id": uuid4()}).status_code == 404


# --- Shown --------------------------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</li></ol><form action=//evil.example>",
    '" autofocus onfocus="alert(1)',
    "<div hx-get=/accounts/logout/ hx-trigger=load>",
    "{{ settings.SECRET_KEY }}{% load static %}",
    "javascript:alert(1)//\u2028data: x",
]


@pytest.mark.once
def test_text_is_text_wherever_it_is_shown(live):
    cleo = browser(live.creator.user)
    for number, payload in enumerate(PAYLOADS):
        author = make_user(f"<b>Mallory{number}", email=f"mallory{number}@example.com")
        assert post(browser(author), live, payload).status_code == 200
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
def test_board_takes_4_statements_for_3_comments_as_for_1(live, count, django_assert_num_queries):
    for number in range(count):
        write(make_user(f"Viewer{number}"), live)
    live.refresh_from_db()
    with django_assert_num_queries(4):  # viewers, comments, test gifts, gifters
        board.read_board(live)
    assert len(shown(live)) == count


# --- Removed, muted -----------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_removed_comment_is_gone_for_everybody_and_the_row_stays_with_who_and_when(live, vera, htmx):
    cleo, comment = browser(live.creator.user), write(vera, live, "Rude")
    write(vera, live, "Sorry")
    address = reverse("remove-comment", args=[comment.comment_id])
    for stranger in (vera, make_creator("Mallory", followers=3).user, make_operator()):
        assert browser(stranger).post(address).status_code == 404
    assert len(shown(live)) == 2

    for _ in range(2):
        answer = cleo.post(address, headers=HTMX if htmx else {})
        assert (answer.status_code, answer.get("Location")) == ((200, None) if htmx else (303, "/live/studio/"))
    if htmx:
        assert "Vera’s comment is removed." in answer.text
        assert "Rude" not in answer.text

    assert shown(live) == [("Vera", "Sorry")]
    comment.refresh_from_db()
    assert (comment.text, comment.removed_by) == ("Rude", live.creator.user)
    removed_at = comment.removed_at
    assert remove_comment(comment, by=make_user("Otto")) is False
    comment.refresh_from_db()
    assert (comment.removed_at, comment.removed_by) == (removed_at, live.creator.user)


@pytest.mark.parametrize("htmx", [True, False])
def test_muted_person_is_shown_to_nobody_is_told_and_can_be_unmuted(live, vera, htmx):
    cleo, headers = browser(live.creator.user), HTMX if htmx else {}
    comment = write(vera, live, "Rude")
    write(make_user("Imani"), live, "Lovely")
    address = reverse("mute-author", args=[comment.comment_id])
    for stranger in (vera, make_creator("Mallory", followers=3).user):
        assert browser(stranger).post(address).status_code == 404
    for _ in range(2):
        assert cleo.post(address, headers=headers).status_code == (200 if htmx else 303)
    muted = Muted.objects.get()

    assert shown(live) == [("Imani", "Lovely")]
    refused = post(browser(vera), live, "Rude again")
    assert refused.status_code == 409
    assert "Cleo has muted you until this live ends." in refused.text
    everybody = browser(make_user("Noor")).get(reverse("room", args=[live.pk])).text
    assert "muted" not in everybody and "Vera" not in everybody
    assert "wrote: <bdi>Rude</bdi>" in cleo.get("/live/studio/").text
    elsewhere = make_session(make_creator("Nova", followers=3))
    assert post(browser(vera), elsewhere).status_code == 200

    address = reverse("unmute", args=[muted.pk])
    assert browser(vera).post(address).status_code == 404
    assert cleo.post(address, headers=headers).status_code == (200 if htmx else 303)
    assert post(browser(vera), live, "Better").status_code == 200
    assert shown(live) == [("Vera", "Rude"), ("Imani", "Lovely"), ("Vera", "Better")]


def test_mute_of_somebody_tells_nobody_who_that_is(live):
    imani = make_user("Imani")
    by_name = write(imani, live, "By name")
    type(imani).objects.update(is_somebody=True)
    hidden = write(imani, live, "As Somebody")
    cleo = browser(live.creator.user)

    answer = cleo.post(reverse("mute-author", args=[hidden.comment_id]), headers=HTMX)
    assert "Somebody is muted until this live ends." in answer.text

    assert shown(live) == [("Imani", "By name")]
    muted_list = cleo.get(reverse("studio-comments")).text.split("Muted in this live: 1")[1]
    assert "Somebody" in muted_list and "Imani" not in muted_list
    for is_somebody in (True, False):
        type(imani).objects.update(is_somebody=is_somebody)
        assert post(browser(imani), live).status_code == 409

    # Muted by name as well, one doesn't find that they were muted before.
    cleo.post(reverse("mute-author", args=[by_name.comment_id]))
    assert cleo.get(reverse("studio-comments")).text.count('id="unmute-') == 2
    assert shown(live) == []
    unmute(Muted.objects.get(as_somebody=True))
    assert post(browser(imani), live).status_code == 409


def test_creator_cannot_mute_themselves(live):
    own = write(live.creator.user, live)
    cleo = browser(live.creator.user)
    assert reverse("mute-author", args=[own.comment_id]) not in cleo.get("/live/studio/").text
    answer = cleo.post(reverse("mute-author", args=[own.comment_id]), headers=HTMX)
    assert (answer.status_code, Muted.objects.count()) == (409, 0)
    assert "You can’t mute yourself." in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_panel_takes_5_statements_for_3_rows_as_for_1_and_is_asked_again_for_nothing_new(
    live, count, django_assert_num_queries
):
    cleo = browser(live.creator.user)
    for number in range(count):
        write(make_user(f"Viewer{number}"), live)
        mute_author(write(make_user(f"Rude{number}"), live))
    with django_assert_num_queries(5):  # log-in, user, live, comments, muted
        panel = cleo.get(reverse("studio-comments"), headers=HTMX)
    assert panel.text.count(">Mute</button>") == panel.text.count(">Unmute</button>") == count
    seen = re.search(r"\?seen=(\w+)", panel.text)[1]
    assert cleo.get(reverse("studio-comments"), {"seen": seen}).status_code == 204
    write(make_user("Noor"), live)
    assert cleo.get(reverse("studio-comments"), {"seen": seen}).status_code == 200
    end_session(live, by="creator")
    assert cleo.get(reverse("studio-comments"), {"seen": seen}).status_code == 286


# --- Muted words --------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("bad", "Too BAD", True),
        ("bad", "ｂａｄ", True),
        ("bad", "bàd", True),
        ("bad", "b\u0336a\u0336d\u0336", True),
        ("bad", "ba\ufe0fd", True),
        ("bad", "so (bad)!", True),
        ("bad", "not-bad", True),
        ("bad", "badge", False),
        ("bad", "forbade", False),
        ("bad", "b a d", False),
        ("straße", "STRASSE", True),
        ("its over", "It’s   over.", True),
        ("its over", "over, it's", False),
        ("ban him", "ban him now", True),
        ("🍆", "hello 🍆🍆", True),
        ("👍", "👍🏽", True),
        ("笨蛋", "你是笨蛋吗", True),
        ("बद", "बदला", False),
        ("1", "100", False),
    ],
)
def test_muted_word_is_found_as_a_whole_in_any_spelling(live, word, text, is_found):
    live.creator.muted_words.create(word=word)
    assert (muted_word_in(live.creator, clean_line(text)) == word) is is_found


def test_comment_with_a_muted_word_is_refused_with_the_word_and_only_there(live, vera):
    add_muted_word(live.creator, "bad")
    web, text = browser(vera), "Too “BAD” & sad"
    refused = post(web, live, text, htmx=False)
    assert refused.status_code == 409
    assert "Cleo doesn’t show comments with “bad”. Yours was not sent; change it." in refused.text
    assert f'name="text" value="{escape(text)}"' in refused.text
    assert shown(live) == []
    assert post(web, make_session(make_creator("Nova", followers=3)), text).status_code == 200
    assert post(browser(live.creator.user), live, "No bad words, please").status_code == 200


@pytest.mark.parametrize("htmx", [True, False])
def test_creator_mutes_words_and_lets_them_be_written_again(live, htmx):
    cleo, headers, address = browser(live.creator.user), HTMX if htmx else {}, reverse("muted-words")
    for typed in ("  Ｂad  Word ", "bad word", "ältere"):
        assert cleo.post(address, {"word": typed}, headers=headers).status_code == (200 if htmx else 303)
    assert [row.word for row in live.creator.muted_words.all()] == ["bad word", "ältere"]
    page = cleo.get(address).text
    assert "<bdi>bad word</bdi>" in page and "2 of 200" in page
    for _ in range(2):
        gone = cleo.post(reverse("remove-muted-word"), {"word": "bad word"}, headers=headers)
        assert gone.status_code == (200 if htmx else 303)
    assert [row.word for row in live.creator.muted_words.all()] == ["ältere"]


@pytest.mark.once
@pytest.mark.parametrize("word", ["", "?!", "\u200b", "x" * 41, "a\x00b", "\ufdfa" * 3])
def test_word_that_cannot_be_is_422(live, word):
    answer = browser(live.creator.user).post(reverse("muted-words"), {"word": word})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not live.creator.muted_words.exists()


def test_201st_word_is_refused_with_the_number(live, vera, django_assert_num_queries):
    words = live.creator.muted_words
    words.bulk_create([words.model(creator=live.creator, word=f"word {number}") for number in range(200)])
    answer = browser(live.creator.user).post(reverse("muted-words"), {"word": "one more"})
    assert answer.status_code == 409
    assert "At most 200 words can be muted. Remove one first." in answer.text
    assert words.count() == 200
    with django_assert_num_queries(1):
        assert muted_word_in(live.creator, "That is word 199, and more") == "word 199"
    assert browser(vera).get(reverse("muted-words"))["Location"] == "/live/studio/"


# --- For operators ------------------------------------------------------------------------------


def test_operator_removes_a_comment_with_a_reason_and_the_row_says_who(client, live, vera):
    otto = make_operator()
    client.force_login(otto)
    rude, fine = write(vera, live, "Rude"), write(vera, live, "Fine")
    choice = {"action": "remove_comments", "_selected_action": str(rude.pk)}
    assert "Say why" in client.post("/admin/live/comment/", choice, follow=True).text
    assert len(shown(live)) == 2
    filtered = "/admin/live/comment/?state=shown"
    answer = client.post(filtered, {**choice, "reason": "Against the house rules."}, follow=True)
    assert "Removed: 1. Removed before: 0." in answer.text
    rude.refresh_from_db()
    assert (rude.removed_by, rude.text) == (otto, "Rude")
    assert latest_history() == ("Otto", "Removed. Reason: Against the house rules.")
    assert shown(live) == [("Vera", "Fine")]
    page = client.get("/admin/live/comment/", {"state": "removed"}).text
    assert "Rude" in page and "Fine" not in page
    assert client.post(f"/admin/live/comment/{fine.pk}/delete/", {"post": "yes"}).status_code == 403

    client.force_login(make_limited_operator("live.view_comment"))
    client.post("/admin/live/comment/", {**choice, "_selected_action": str(fine.pk), "reason": "x"})
    assert shown(live) == [("Vera", "Fine")]


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["comment", "muted"])
def test_lists_of_the_admin_take_4_statements(client, live, name, count, django_assert_num_queries):
    client.force_login(make_operator())
    for number in range(count):
        mute_author(write(make_user(f"Viewer{number}"), live))
    with django_assert_num_queries(4):
        client.get(f"/admin/live/{name}/")
    for term in ("panda", "00000000-0000-4000-8000-000000000000", "\x00", "x" * 3_000):
        assert client.get(f"/admin/live/{name}/", {"q": term}).status_code in (200, 302)


# --- The demo's ---------------------------------------------------------------------------------


@pytest.mark.once
def test_lines_of_the_demo_are_as_people_type_them():
    lines = [line for lines in LINES.values() for line in lines]
    assert [clean_line(line) for line in lines] == lines
    assert max(map(len, lines)) <= 200


def test_comments_are_dated_when_they_are_written(live, vera):
    moment = timezone.now() - timedelta(minutes=3)
    assert write(vera, live, now=moment).created_at == moment
