"""Comments that are removed, people and words that are muted: gone for everybody when the creator says so."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from live.comments.comments import mute_author, remove_comment, unmute
from live.comments.muted_words import add_muted_word, muted_word_in
from live.comments.words import clean_line
from live.models import Muted
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user
from tests.htmx import HTMX
from tests.live.comments.commenting import browser, post, shown, write
from tests.operator import latest_history, make_limited_operator, make_operator

pytestmark = pytest.mark.django_db


# --- Removed, muted -----------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_removed_comment_is_gone_for_everybody_and_the_row_stays_with_who_and_when(live, vera, htmx):
    cleo, comment = browser(live.creator.user), write(vera, live, "Rude")
    write(vera, live, "Sorry")
    address = reverse("remove-comment", args=[comment.comment_id])
    for stranger in (vera, make_creator("Mallory", followers=3).user, make_operator()):
        response = browser(stranger).post(address)

        assert response.status_code == 404
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
    is_removed = remove_comment(comment, by=make_user("Otto"))

    assert is_removed is False

    comment.refresh_from_db()
    assert (comment.removed_at, comment.removed_by) == (removed_at, live.creator.user)


@pytest.mark.parametrize("htmx", [True, False])
def test_muted_person_is_shown_to_nobody_is_told_and_can_be_unmuted(live, vera, htmx):
    cleo, headers = browser(live.creator.user), HTMX if htmx else {}
    comment = write(vera, live, "Rude")
    write(make_user("Imani"), live, "Lovely")
    address = reverse("mute-author", args=[comment.comment_id])
    for stranger in (vera, make_creator("Mallory", followers=3).user):
        answer = browser(stranger).post(address)

        assert answer.status_code == 404
    for _ in range(2):
        answer = cleo.post(address, headers=headers)

        assert answer.status_code == (200 if htmx else 303)
    muted = Muted.objects.get()

    assert shown(live) == [("Imani", "Lovely")]
    refused = post(browser(vera), live, "Rude again")
    assert refused.status_code == 409
    assert "Cleo has muted you until this live ends." in refused.text
    everybody = browser(make_user("Noor")).get(reverse("room", args=[live.pk])).text
    assert "muted" not in everybody and "Vera" not in everybody

    page = cleo.get("/live/studio/")

    assert "wrote: <bdi>Rude</bdi>" in page.text

    elsewhere = make_session(make_creator("Nova", followers=3))
    answer = post(browser(vera), elsewhere)

    assert answer.status_code == 200

    address = reverse("unmute", args=[muted.pk])
    statuses = [
        browser(vera).post(address).status_code,
        cleo.post(address, headers=headers).status_code,
        post(browser(vera), live, "Better").status_code,
    ]

    assert statuses == [404, 200 if htmx else 303, 200]
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
        response = post(browser(imani), live)

        assert response.status_code == 409

    # A mute by name is a second row, so the list doesn't reveal that both are one person.
    cleo.post(reverse("mute-author", args=[by_name.comment_id]))
    assert cleo.get(reverse("studio-comments")).text.count('id="unmute-') == 2
    assert shown(live) == []
    unmute(Muted.objects.get(as_somebody=True))
    answer = post(browser(imani), live)

    assert answer.status_code == 409


def test_creator_cannot_mute_themselves(live):
    own = write(live.creator.user, live)
    cleo = browser(live.creator.user)
    page = cleo.get("/live/studio/")

    assert reverse("mute-author", args=[own.comment_id]) not in page.text

    answer = cleo.post(reverse("mute-author", args=[own.comment_id]), headers=HTMX)
    assert (answer.status_code, Muted.objects.count()) == (409, 0)
    assert "You can’t mute yourself." in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_panel_takes_5_queries_for_3_rows_as_for_1_and_is_asked_again_for_nothing_new(
    live, count, django_assert_num_queries
):
    cleo = browser(live.creator.user)
    for number in range(count):
        write(make_user(f"Viewer{number}"), live)
        mute_author(write(make_user(f"Rude{number}"), live))
    with django_assert_num_queries(4):  # log-in and user, live, comments, muted
        panel = cleo.get(reverse("studio-comments"), headers=HTMX)
    assert panel.text.count('aria-label="Mute') == panel.text.count(">Unmute</button>") == count
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

    statuses = [
        post(web, make_session(make_creator("Nova", followers=3)), text).status_code,
        post(browser(live.creator.user), live, "No bad words, please").status_code,
    ]

    assert statuses == [200, 200]


@pytest.mark.parametrize("htmx", [True, False])
def test_creator_mutes_words_and_lets_them_be_written_again(live, htmx):
    cleo, headers, address = browser(live.creator.user), HTMX if htmx else {}, reverse("muted-words")
    for typed in ("  Ｂad  Word ", "bad word", "ältere"):
        answer = cleo.post(address, {"word": typed}, headers=headers)

        assert answer.status_code == (200 if htmx else 303)
    assert [row.word for row in live.creator.muted_words.all()] == ["bad word", "ältere"]
    page = cleo.get(address).text
    assert "<bdi>bad word</bdi>" in page and "2 of 200" in page
    for _ in range(2):
        gone = cleo.post(reverse("remove-muted-word"), {"word": "bad word"}, headers=headers)
        assert gone.status_code == (200 if htmx else 303)
    assert [row.word for row in live.creator.muted_words.all()] == ["ältere"]


@pytest.mark.once
@pytest.mark.parametrize("word", ["", "?!", "\u200b", "x" * 41, "a\x00b"])
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
    page = browser(vera).get(reverse("muted-words"))

    assert page["Location"] == "/live/studio/"


# --- For operators ------------------------------------------------------------------------------


def test_operator_removes_a_comment_with_a_reason_and_the_row_says_who(client, live, vera):
    otto = make_operator()
    client.force_login(otto)
    rude, fine = write(vera, live, "Rude"), write(vera, live, "Fine")
    choice = {"action": "remove_comments", "_selected_action": str(rude.pk)}
    answer = client.post("/admin/live/comment/", choice, follow=True)

    assert "Say why" in answer.text
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

    answer = client.post(f"/admin/live/comment/{fine.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403

    client.force_login(make_limited_operator("live.view_comment"))
    client.post("/admin/live/comment/", {**choice, "_selected_action": str(fine.pk), "reason": "x"})
    assert shown(live) == [("Vera", "Fine")]


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["comment", "muted"])
def test_lists_of_the_admin_take_4_queries(client, live, name, count, django_assert_num_queries):
    client.force_login(make_operator())
    for number in range(count):
        mute_author(write(make_user(f"Viewer{number}"), live))
    with django_assert_num_queries(3):
        client.get(f"/admin/live/{name}/")
    for term in ("panda", "00000000-0000-4000-8000-000000000000", "\x00", "x" * 3_000):
        page = client.get(f"/admin/live/{name}/", {"q": term})

        assert page.status_code in (200, 302)
