"""Messages with gifts: the rules for them, what a repeat keeps, and where they are shown and no longer shown."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from live.comments.comments import mute_author, remove_comment, unmute
from live.comments.muted_words import add_muted_word
from live.creators.creators import set_message_coins
from live.feed.feed import taps_after
from live.gifts.messages import MessageRefused
from live.gifts.taps import NotEnoughCoins
from live.models import Comment, GiftTap
from live.room import board
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def live():
    return make_session(make_creator("Cleo"))


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)


@pytest.fixture
def web(vera):
    client = Client()
    client.force_login(vera)
    return client


@pytest.fixture
def studio(live):
    client = Client()
    client.force_login(live.creator.user)
    return client


def press(web, live, message="Bravo", *, htmx=True, **fields):
    fields = {"gift": "encore", "quantity": 1, "price": 100, "tap_id": uuid4(), "message": message, **fields}
    return web.post(reverse("tap", args=[live.pk]), fields, headers=HTMX if htmx else {})


def on_stage(live):
    """Return the messages of the feed's rows."""
    return [one.said for one in taps_after(live, 0)]


def among_comments(live):
    """Return the lines of the board that came with a gift, as (gift, words)."""
    html = board.read_board(live)["live/room/_comments.html"]
    with_gift = r'class="with"><img[^>]*>\s*(.*?)\s*</bdi>.*?class="said">(.*?)</bdi>'
    return re.findall(with_gift, html, re.S)


def test_message_is_shown_with_its_gift_and_among_the_comments(web, vera, live):
    response = press(web, live, "For the encore")

    assert response.status_code == 200
    message = Comment.objects.get()
    assert (message.tap, message.author, message.text) == (GiftTap.objects.get(), vera, "For the encore")
    assert on_stage(live) == ["For the encore"]
    assert among_comments(live) == [("Encore", "For the encore")]
    row = web.get(reverse("feed", args=[live.pk]), {"after": "0"}).text
    assert f'<q data-comment="{message.pk}">For the encore</q>' in row


def test_form_without_script_sends_the_message_too(web, live):
    response = press(web, live, "For the encore", htmx=False)

    assert response.status_code == 303
    assert on_stage(live) == ["For the encore"]


def test_repeated_tap_id_keeps_its_first_message_and_spends_once(web, vera, live):
    tap_id = uuid4()
    first = press(web, live, "First", tap_id=tap_id)
    second = press(web, live, "Second", tap_id=tap_id)
    third = press(web, live, "", tap_id=tap_id)

    assert first.text == second.text == third.text
    assert second["Idempotency-Replayed"] == third["Idempotency-Replayed"] == "true"
    assert coin_balance(vera) == 900
    assert on_stage(live) == ["First"]


def test_repeat_of_a_tap_without_a_message_adds_none(web, vera, live):
    tap_id = uuid4()
    press(web, live, "", tap_id=tap_id)
    press(web, live, "Afterwards", tap_id=tap_id)

    assert coin_balance(vera) == 900
    assert on_stage(live) == [None]


def test_repeat_is_answered_though_its_word_was_muted_since(web, vera, live):
    tap_id = uuid4()
    press(web, live, "Bravo", tap_id=tap_id)
    add_muted_word(live.creator, "bravo")
    again = press(web, live, "Bravo", tap_id=tap_id)

    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert coin_balance(vera) == 900


@pytest.mark.parametrize("least", [None, 101])
def test_message_below_the_creators_value_is_refused_and_nothing_debited(web, vera, live, least):
    set_message_coins(live.creator, least)
    response = press(web, live)

    assert response.status_code == 409
    said = "takes no messages" if least is None else "A message to Cleo comes with a gift of 101 coins or more."
    assert said in response.text
    assert "Nothing was debited" in response.text
    assert (coin_balance(vera), GiftTap.objects.count(), Comment.objects.count()) == (1_000, 0, 0)


def test_value_counts_what_the_tap_costs(web, vera, live):
    set_message_coins(live.creator, 25)

    below = press(web, live, gift="panda", price=5, quantity=4)
    enough = press(web, live, gift="panda", price=5, quantity=5)

    assert (below.status_code, enough.status_code) == (409, 200)
    assert coin_balance(vera) == 975


def test_muted_word_is_refused_in_words_and_nothing_debited(web, vera, live):
    add_muted_word(live.creator, "encore")
    response = press(web, live, "Encore, please")

    assert response.status_code == 409
    assert "Cleo doesn’t show messages with “encore”. Nothing was debited" in response.text
    assert (coin_balance(vera), GiftTap.objects.count()) == (1_000, 0)

    without = press(web, live, "")

    assert without.status_code == 200


def test_muted_person_can_give_but_not_write(web, vera, live):
    press(web, live, "Rude")
    mute_author(Comment.objects.get())
    response = press(web, live, "More")
    without = press(web, live, "")

    assert response.status_code == 409
    assert "Cleo has muted you until this live ends. Nothing was debited" in response.text
    assert without.status_code == 200
    assert coin_balance(vera) == 800


def test_fifth_message_in_ten_seconds_is_refused_with_the_wait(vera, live):
    now = timezone.now()
    for _ in range(4):
        tap(vera, live, gift_slug="encore", message="Bravo", now=now)

    with pytest.raises(MessageRefused, match="the next one can go in 10 s"):
        tap(vera, live, gift_slug="encore", message="Bravo", now=now)
    tap(vera, live, gift_slug="encore", message="Bravo", now=now + timedelta(seconds=11))
    assert coin_balance(vera) == 500


@pytest.mark.parametrize(("length", "status"), [(80, 200), (81, 422)])
def test_message_has_eighty_characters_at_most(web, vera, live, length, status):
    response = press(web, live, "a" * length)

    assert response.status_code == status
    if status == 422:
        assert "A message has at most 80 characters. Nothing was debited; change it" in response.text
        assert coin_balance(vera) == 1_000


def test_invisible_characters_are_left_out_and_nothing_visible_is_no_message(web, live):
    press(web, live, "Bra\u200bvo\u202e\nCleo")
    press(web, live, "\u200b\u2800")

    assert on_stage(live) == ["Bravo Cleo", None]


def test_refused_tap_writes_no_message(live):
    poor = make_user("Mallory", coins=99)

    with pytest.raises(NotEnoughCoins):
        tap(poor, live, gift_slug="encore", message="Bravo")
    assert (Comment.objects.count(), GiftTap.objects.count()) == (0, 0)


def test_tap_in_an_ended_live_writes_no_message(web, vera, live):
    end_session(live, by="creator")

    response = press(web, live)

    assert response.status_code == 409
    assert Comment.objects.count() == 0


def test_removed_message_is_shown_nowhere_and_the_gift_stays(studio, vera, live):
    tap(vera, live, gift_slug="encore", message="Rude")
    message = Comment.objects.get()
    studio.post(reverse("remove-comment", args=[message.comment_id]))

    assert on_stage(live) == [None]
    assert among_comments(live) == []
    assert GiftTap.objects.get().coins == 100


def test_message_of_a_muted_face_is_hidden_and_returns_with_unmute(vera, live):
    tap(vera, live, gift_slug="encore", message="Rude")
    muted = mute_author(Comment.objects.get())
    assert on_stage(live) == [None]

    unmute(muted)
    assert on_stage(live) == ["Rude"]


def test_studio_lists_the_message_with_its_gift_and_can_remove_it(studio, vera, live):
    tap(vera, live, gift_slug="encore", message="For the encore")
    page = studio.get(reverse("studio-comments")).text

    assert "For the encore" in page
    assert "Encore" in page
    assert reverse("remove-comment", args=[Comment.objects.get().comment_id]) in page


def test_tap_with_a_message_is_one_more_write_in_the_same_query(web, live, django_assert_num_queries):
    press(web, live, "")
    # Session with user, live, mutes, words, pace; the tap, with a savepoint in this test's own transaction.
    with django_assert_num_queries(8 if connection.vendor == "postgresql" else 11):
        press(web, live)


def test_creator_sets_from_which_value_and_whether_at_all(studio, live):
    creator = live.creator

    assert creator.message_coins == 100
    studio.post(reverse("gift-messages"), {"message_coins": "2,500"})
    creator.refresh_from_db()
    assert creator.message_coins == 2_500
    studio.post(reverse("gift-messages"), {"message_coins": ""})
    creator.refresh_from_db()
    assert creator.message_coins is None
    refused = studio.post(reverse("gift-messages"), {"message_coins": "0"})
    creator.refresh_from_db()
    assert (refused.status_code, creator.message_coins) == (422, None)


def test_tray_offers_the_message_from_that_value_on(web, live):
    set_message_coins(live.creator, 500)
    page = web.get(reverse("room", args=[live.pk])).text
    tiles = {found[0]: found[1] for found in re.findall(r'data-gift="([\w-]+)"(.*?)</details>', page, re.S)}

    assert 'name="message"' not in tiles["encore"]
    assert 'name="message"' in tiles["spotlight"]


def test_remove_by_the_operator_hides_it_as_well(vera, live):
    tap(vera, live, gift_slug="encore", message="Rude")
    remove_comment(Comment.objects.get(), by=make_user("Otto", is_staff=True))

    assert on_stage(live) == [None]
