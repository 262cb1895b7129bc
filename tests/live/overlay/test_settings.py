"""The overlay's settings, and the test gifts that a creator sends."""

import json
from uuid import uuid4

import pytest

from live.gifts.test_gifts import TooManyTestGifts, send_test_gift
from live.models import GiftTap, Overlay, TestGift
from live.overlay.overlays import make_overlay
from tests.factories import make_session, make_user
from tests.htmx import HTMX
from tests.live.overlay.obs import gift_called, news, page_of

pytestmark = pytest.mark.django_db
PAGE = "/live/studio/overlay/"
CHOSEN = {
    "text": "{name}: {gift} {count} for {coins}",
    "smallest_coins": "25",
    "seconds": "8",
    "position": "top-right",
    "size": "large",
    "sound": "chime",
    "volume": "30",
}


# --- The creator's page -------------------------------------------------------------------------


@pytest.mark.once
def test_strangers_are_led_to_log_in_and_viewers_to_the_studio(client):
    page = client.get(PAGE)

    assert page["Location"] == f"/accounts/login/?next={PAGE}"

    client.force_login(make_user("Mallory"))
    page = client.get(PAGE)

    assert page["Location"] == "/live/studio/"

    for address in ("", "address/", "renew/", "test/"):
        answer = client.post(f"{PAGE}{address}")

        assert answer["Location"] == "/live/studio/"
    assert not Overlay.objects.exists()


def test_page_makes_no_overlay_and_shows_no_address(studio, cleo):
    page = studio.get(PAGE)

    assert page.status_code == 200
    assert not Overlay.objects.exists()
    overlay = make_overlay(cleo)
    page = studio.get(PAGE)

    assert overlay.token not in page.text


@pytest.mark.parametrize("lives", [1, 3])
def test_page_takes_nine_queries_with_session_and_user(studio, cleo, overlay, django_assert_num_queries, lives):
    for _ in range(lives):
        send_test_gift(cleo, gift_called("panda"))
    # Session, user, creator, overlay, when it was heard of, variants, gifts, gifts to choose from; and the pill's two.
    with django_assert_num_queries(9):
        studio.get(PAGE)


def test_address_is_shown_when_asked_for_and_never_in_an_address_of_ours(studio, overlay):
    asked = studio.post(f"{PAGE}address/")
    whole = studio.get(PAGE)
    part = studio.post(f"{PAGE}address/", headers=HTMX)

    assert (asked.status_code, asked["Location"]) == (303, f"{PAGE}#overlay-address")
    assert f'value="http://testserver{page_of(overlay)}"' in whole.text
    assert f'value="http://testserver{page_of(overlay)}"' in part.text
    assert "<html" not in part.text
    assert "no-store" in whole["Cache-Control"]

    page = studio.get(f"{PAGE}address/")

    assert page["Location"] == PAGE

    # The session keeps the address for one page view: a later view hides it.
    page = studio.get(PAGE)

    assert overlay.token not in page.text


def test_new_address_is_shown_once_and_a_reload_replaces_it_no_further(studio, cleo, overlay):
    studio.post(PAGE, CHOSEN)

    renewed = studio.post(f"{PAGE}renew/")
    shown, again = studio.get(PAGE).text, studio.get(PAGE).text

    fresh = Overlay.objects.get()
    assert (renewed.status_code, renewed["Location"]) == (303, f"{PAGE}#overlay-address")
    assert fresh.token != overlay.token
    assert fresh.token in shown
    assert overlay.token not in shown
    assert "The old one has stopped" in shown
    assert fresh.token not in again
    assert "The old one has stopped" not in again
    assert (fresh.seconds, fresh.text) == (8, "{name}: {gift} {count} for {coins}")


def test_settings_are_saved_and_told_to_the_page_that_is_open(client, studio, cleo, overlay):
    answer = studio.post(PAGE, CHOSEN)

    assert answer.status_code == 303

    answer = studio.post(PAGE, CHOSEN, headers=HTMX)

    assert answer["HX-Redirect"] == PAGE

    chosen = {**CHOSEN, "smallest_coins": 25, "seconds": 8, "volume": 30, "reads_aloud": False, "variants": []}
    assert news(client, overlay)["settings"] == chosen
    overlay.refresh_from_db()
    assert overlay.token in page_of(overlay)


@pytest.mark.once
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"text": "{who} sent {gift}"},
            "{who} means nothing here. The words in braces are {name}, {gift}, {count}, {coins}.",
        ),
        ({"text": "{a} {b} {a}"}, "{a}, {b} means nothing here."),
        ({"text": "{name sent {gift}"}, "means nothing here|A brace has no partner."),
        ({"text": "name} sent"}, "A brace has no partner."),
        ({"text": "{{name}}"}, "A brace has no partner."),
        ({"text": "{}"}, "{} means nothing here."),
        ({"text": ""}, "This field is required."),
        ({"text": "\u200b"}, "Type at least one visible character."),
        ({"text": "x" * 81}, "at most 80 characters"),
        ({"smallest_coins": "0"}, "Type a whole number from 1 to 1,000,000."),
        ({"smallest_coins": "1000001"}, "Type a whole number from 1 to 1,000,000."),
        ({"smallest_coins": str(2**63)}, "Type a whole number from 1 to 1,000,000."),
        ({"seconds": "1"}, "Type a whole number from 2 to 30."),
        ({"seconds": "31"}, "Type a whole number from 2 to 30."),
        ({"position": "outside"}, "Select a valid choice"),
        ({"size": "<b>"}, "Select a valid choice"),
        ({"sound": "../secret"}, "Select a valid choice"),
        ({"volume": "101"}, "Type a whole number from 0 to 100."),
        ({"volume": "-1"}, "Type a whole number from 0 to 100."),
        ({"volume": "\x00"}, "Type a whole number from 0 to 100."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(studio, overlay, changed, words):
    response = studio.post(PAGE, {**CHOSEN, **changed})

    assert response.status_code == 422
    assert any(one in response.text for one in words.split("|"))
    overlay.refresh_from_db()
    assert (overlay.seconds, overlay.text) == (5, "{name} sent {gift} {count}")


@pytest.mark.once
def test_text_with_markup_is_text(client, studio, overlay):
    text = "<b onclick=x>{name}</b> & '\"{gift}"
    studio.post(PAGE, {**CHOSEN, "text": text})

    assert news(client, overlay)["settings"]["text"] == text
    for shown in (client.get(page_of(overlay)).text, studio.get(PAGE).text):
        assert "<b onclick" not in shown
        assert (
            json.loads(
                shown.split('data-settings="')[1]
                .split('"')[0]
                .replace("&quot;", '"')
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#x27;", "'")
                .replace("&amp;", "&")
            )["text"]
            == text
        )


def test_test_alert_is_a_sample_and_costs_nothing(studio, cleo):
    live = make_session(cleo)

    answer = studio.post(f"{PAGE}test/", {"gift": "panda"})

    assert answer.status_code == 303

    answer = studio.post(f"{PAGE}test/", {"gift": "panda"}, headers=HTMX)

    assert "Panda is on its way" in answer.text

    assert TestGift.objects.filter(creator=cleo, session=live).count() == 2
    assert not GiftTap.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("gift", ["", "no-such", "\x00", "1" * 5_000, str(uuid4())])
def test_test_alert_of_no_gift_is_refused(studio, gift):
    answer = studio.post(f"{PAGE}test/", {"gift": gift})

    assert answer.status_code == 422
    assert not TestGift.objects.exists()


# --- Test gifts ---------------------------------------------------------------------------------


def test_test_gift_before_a_live_belongs_to_no_session(cleo):
    test_gift = send_test_gift(cleo, gift_called("panda"))

    assert test_gift.session is None


def test_twenty_test_gifts_a_minute_and_no_more(studio, cleo):
    for _ in range(20):
        send_test_gift(cleo, gift_called("panda"))
    with pytest.raises(TooManyTestGifts, match="At most 20 test gifts a minute"):
        send_test_gift(cleo, gift_called("panda"))
    refused = studio.post(f"{PAGE}test/", {"gift": "panda"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert TestGift.objects.count() == 20
