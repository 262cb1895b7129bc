"""POST /live/<uuid>/tap/: the answer, the debit, and the queries that it takes."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from live.gifts.catalog import set_price
from live.models import Gift, GiftTap
from live.sessions.sessions import end_session
from tests.factories import make_user, tap
from tests.live.gifts.tapping import press, state
from wallet.coins import coin_balance
from wallet.models import Transfer

pytestmark = pytest.mark.django_db


def test_tap_debits_and_answers_with_the_balance(web, vera, live):
    response = press(web, live, quantity=3)
    tapped = GiftTap.objects.get()
    assert response.status_code == 200
    assert '<data id="coin-balance" value="85">85</data>' in response.text
    assert f'data-tap="{tapped.pk}" data-gift="panda" data-quantity="3"' in response.text
    assert (tapped.viewer, tapped.session, tapped.quantity, tapped.coins) == (vera, live, 3, 15)
    assert coin_balance(vera) == 85
    assert "Idempotency-Replayed" not in response


def test_repeated_tap_id_spends_once(web, vera, live):
    tap_id = uuid4()
    first, second = (press(web, live, tap_id=tap_id) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.text == second.text
    assert second["Idempotency-Replayed"] == "true"
    assert coin_balance(vera) == 95
    assert state() == (1, Transfer.objects.count())


def test_repeated_tap_id_is_answered_after_the_end_of_the_live(web, vera, live):
    tap_id = uuid4()
    press(web, live, tap_id=tap_id)
    end_session(live, by="cleo")
    again = press(web, live, tap_id=tap_id)
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert coin_balance(vera) == 95


@pytest.mark.parametrize("changed", [{"gift": "spark", "price": 1}, {"quantity": 2}])
def test_tap_id_with_other_contents_is_refused(web, vera, live, changed):
    tap_id = uuid4()
    press(web, live, tap_id=tap_id)
    response = press(web, live, tap_id=tap_id, **changed)
    assert response.status_code == 409
    assert "used for another gift already" in response.text
    assert coin_balance(vera) == 95


def test_tap_id_of_somebody_else_is_refused(web, live):
    mallory = make_user("Mallory", coins=100)
    tap_id = uuid4()
    press(web, live, tap_id=tap_id)
    other = Client()
    other.force_login(mallory)
    response = press(other, live, tap_id=tap_id)
    assert response.status_code == 409
    assert coin_balance(mallory) == 100


def test_two_taps_are_two_gifts(web, vera, live):
    statuses = [press(web, live).status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert coin_balance(vera) == 90
    assert GiftTap.objects.count() == 2


# --- Without JavaScript -------------------------------------------------------------------------


def test_plain_form_leads_back_to_the_room_with_the_outcome(web, vera, live):
    response = press(web, live, htmx=False)
    assert response.status_code == 303
    assert response["Location"] == f"/live/{live.pk}/?gift=panda#tray"
    page = web.get(response["Location"])
    assert "Panda sent for 5 coins ($0.05)." in page.text
    assert '<data id="coin-balance" value="95">' in page.text
    assert coin_balance(vera) == 95


def test_plain_form_shows_the_refusal_in_the_room(web, vera, live):
    before = state()
    response = press(web, live, htmx=False, gift="encore", price=100, quantity=2)
    assert response.status_code == 409
    assert "Encore ×2 costs 200 coins. You have 100, so 100 more are needed." in response.text
    assert f'action="/live/{live.pk}/tap/"' in response.text
    assert (state(), coin_balance(vera)) == (before, 100)


def test_every_page_mints_new_tap_ids(web, live):
    def ids():
        page = web.get(reverse("room", args=[live.pk])).text
        return {UUID(part[:36]) for part in page.split('name="tap_id" value="')[1:]}

    first, second = ids(), ids()
    assert len(first) == Gift.objects.count() == 16
    assert not first & second


# --- How much a tap costs the database ----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_tap_takes_one_query_for_session_and_user_and_one_of_its_own(web, live, django_assert_num_queries):
    press(web, live)
    # SQLite writes step by step: begin, debit, transfer, tap, commit; six with session and user.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 6):
        answer = press(web, live)

    assert answer.status_code == 200


def test_tap_is_charged_at_the_price_of_the_moment_and_stays_as_it_was(vera, live):
    done = tap(vera, live, gift_slug="panda")
    set_price(Gift.objects.get(slug="panda"), 7, by=None, reason="Dearer bamboo")
    Gift.objects.filter(slug="panda").update(name="Giant Panda", art="koala")
    tapped = GiftTap.objects.get(pk=done.id)
    assert (tapped.name, tapped.art, tapped.price, tapped.coins) == ("Panda", "panda", 5, 5)

    tapped = tap(vera, live, gift_slug="panda")

    assert tapped.balance == 88


def test_after_the_log_in_the_room_says_from_the_books_whether_the_gift_was_sent(web, vera, live):
    sent, unsent = str(uuid4()), str(uuid4())
    answer = press(web, live, tap_id=sent)

    assert answer.status_code == 200

    room = reverse("room", args=[live.pk])

    for tap_id, words in (
        (sent, "Panda ×1 was sent at "),
        (unsent, "You were logged out, so nothing was sent just now."),
    ):
        back = web.get(f"{room}?gift=panda&unsent={tap_id}")
        assert (back.status_code, back["Location"]) == (302, f"{room}?gift=panda#tray")
        page = web.get(back["Location"]).text
        assert words in page and ("so nothing was sent" in page) is (tap_id == unsent)

        shown = web.get(back["Location"])

        assert words not in shown.text
    page = web.get(f"{room}?unsent=x", follow=True)

    assert page.status_code == 200


def test_somebody_elses_tap_is_none_of_ones_own(web, live):
    mallory = make_user("Mallory", coins=5)
    other = Client()
    other.force_login(mallory)
    sent = str(uuid4())
    press(other, live, tap_id=sent)

    page = web.get(f"{reverse('room', args=[live.pk])}?unsent={sent}", follow=True)

    assert "so nothing was sent just now" in page.text
