"""The overlay: access to its page, and when it was heard of."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from config import settings as site
from config.logs import ServerWithoutSecrets, WithoutSecrets
from live.gifts.test_gifts import send_test_gift
from live.models import Overlay
from live.overlay.overlays import connection_of, renew_token, say_heard
from live.sessions.sessions import end_session
from tests.databases import more_on_sqlite
from tests.factories import make_session, make_user, tap
from tests.live.overlay.obs import gift_called, news, page_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


# --- The page for OBS ---------------------------------------------------------------------------


def test_page_is_for_whoever_has_the_address_and_takes_no_cookie(client, overlay):
    for address in (page_of(overlay), f"{page_of(overlay)}now/"):
        response = client.get(address)

        assert response.status_code == 200
        assert not response.cookies
        assert "Cookie" not in response["Vary"]
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.once
def test_page_says_the_same_to_everybody(client, overlay, studio):
    to_anyone, to_its_creator = client.get(page_of(overlay)), studio.get(page_of(overlay))

    assert to_anyone.text == to_its_creator.text


@pytest.mark.parametrize("lives", [1, 3])
def test_page_takes_two_queries_and_news_four_and_one_more_to_be_heard_of(
    client, cleo, overlay, vera, django_assert_num_queries, lives
):
    for _ in range(lives - 1):
        end_session(make_session(cleo), by="creator")
    session = make_session(cleo)
    for _ in range(lives):
        tap(vera, session)
        send_test_gift(cleo, gift_called("panda"))
    with django_assert_num_queries(3):  # the overlay; its last poll; variants
        client.get(page_of(overlay))
    with django_assert_num_queries(2):
        client.get(page_of(overlay))
    # The overlay with its live, the newest test gift, the newest place, variants
    with django_assert_num_queries(4 + more_on_sqlite(1)):
        client.get(f"{page_of(overlay)}now/")
    with django_assert_num_queries(4):  # the overlay with its live, test gifts, removed messages, variants
        assert len(news(client, overlay, tests=0)["tests"]) == lives


@pytest.mark.parametrize("token", ["x", "a" * 42, "A" * 43, "-" * 5_000, "0", "null", "_", "__proto__"])
def test_unknown_token_of_any_shape_is_not_found(client, overlay, token):
    for path in (f"/live/overlay/{token}/", f"/live/overlay/{token}/now/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "Cookie" not in response["Vary"]


@pytest.mark.once
@pytest.mark.parametrize("path", ["%00", "%F0%9F%90%BC", "..%2f..", "a%0d%0ab", "%ff", "a b", "<b>"])
def test_what_is_no_token_is_not_found(client, overlay, path):
    statuses = [client.get(f"/live/overlay/{path}/").status_code, client.get(f"/live/overlay/{path}/now/").status_code]

    assert statuses == [404, 404]


def test_token_of_other_case_is_another_token(client, overlay):
    page = client.get(page_of(overlay).swapcase().replace("/LIVE/OVERLAY/", "/live/overlay/"))

    assert page.status_code == 404


def test_replaced_address_leads_nowhere_and_the_new_one_does(client, cleo, overlay):
    fresh = renew_token(cleo)

    statuses = [
        client.get(page_of(overlay)).status_code,
        client.get(f"{page_of(overlay)}now/").status_code,
        client.get(page_of(fresh)).status_code,
    ]

    assert statuses == [404, 404, 200]
    assert Overlay.objects.count() == 1


def test_overlay_of_somebody_deactivated_is_not_found(client, cleo, overlay):
    cleo.user.is_active = False
    cleo.user.save()

    page = client.get(page_of(overlay))

    assert page.status_code == 404


@pytest.mark.once
def test_page_says_nothing_of_its_creators_secrets(client, cleo, overlay):
    shown = client.get(page_of(overlay)).text

    assert cleo.user.email not in shown
    assert f'data-memory="ovation-overlay-{overlay.token}' not in shown
    assert "csrf" not in shown


@pytest.mark.once
@pytest.mark.parametrize("formatter", [WithoutSecrets, ServerWithoutSecrets])
def test_no_line_of_the_log_holds_a_token(overlay, formatter):
    line = formatter("{message}", style="{")
    for words in (f"Not Found: {page_of(overlay)}", f'"GET {page_of(overlay)}now/?tests=5 HTTP/1.1" 200 9'):
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, words, (), None)
        written = line.format(record)
        assert overlay.token not in written
        assert "/live/overlay/…/" in written


@pytest.mark.once
def test_every_handler_of_the_site_leaves_tokens_out():
    formatters = {site.LOGGING["handlers"][name]["formatter"] for name in site.LOGGING["handlers"]}

    assert {site.LOGGING["formatters"][name]["()"] for name in formatters} == {
        "config.logs.WithoutSecrets",
        "config.logs.ServerWithoutSecrets",
    }
    assert site.LOGGING["loggers"]["django"]["handlers"] == []


@pytest.mark.once
def test_operators_have_no_page_with_tokens(client, overlay):
    client.force_login(make_user("Otto", is_staff=True, is_superuser=True))

    page = client.get("/admin/")

    assert "overlay" not in page.text.lower()

    page = client.get("/admin/live/overlay/")

    assert page.status_code == 404


# --- When it was heard of -----------------------------------------------------------------------


def test_being_heard_of_is_written_at_most_every_five_seconds(cleo, overlay, django_assert_num_queries):
    say_heard(overlay, now=NOW)
    with django_assert_num_queries(1):  # another process, which read the row before the change
        say_heard(overlay, now=NOW + timedelta(seconds=4))
    overlay.refresh_from_db()
    assert overlay.heard_at == NOW
    with django_assert_num_queries(0):
        say_heard(overlay, now=NOW + timedelta(seconds=4))
    say_heard(overlay, now=NOW + timedelta(seconds=6))
    with time_machine.travel(NOW + timedelta(seconds=8), tick=False):
        assert connection_of(cleo) == (True, NOW + timedelta(seconds=6), 2)


@pytest.mark.parametrize(("seconds", "is_connected"), [(0, True), (19, True), (20, False), (90_000, False)])
def test_overlay_that_wasnt_heard_of_for_twenty_seconds_is_gone(cleo, overlay, seconds, is_connected):
    say_heard(overlay, now=NOW)

    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        assert connection_of(cleo) == (is_connected, NOW, seconds)


def test_creator_without_an_overlay_was_never_connected(cleo, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert connection_of(cleo) == (False, None, None)


def test_page_with_a_replaced_address_does_not_count_as_heard_of(cleo, overlay):
    renew_token(cleo)
    say_heard(overlay, now=NOW)

    assert connection_of(cleo).heard_at is None


@pytest.mark.once
def test_chip_says_when_it_was_heard_of(studio, cleo, overlay):
    def chip():
        return studio.get("/live/studio/overlay/connection/").text

    assert "OBS has not been connected yet" in chip()
    with time_machine.travel("2026-11-22T14:03:00Z", tick=False) as clock:
        say_heard(overlay)
        clock.shift(2)
        assert "OBS is connected, heard 2 s ago" in chip()
        clock.shift(60)
        assert "OBS is not connected, last heard of on 22 Nov 2026, 14:03 UTC" in chip()
