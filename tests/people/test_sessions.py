"""Sessions of browsers: one query for session and user, and every reason for which a session lets nobody in."""

from datetime import timedelta

import pytest
from django.conf import settings as site
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from people.models import BrowserSession
from people.signing_in.sessions import SessionStore, user_of
from tests.factories import PASSWORD, make_user
from tests.people.browsing import is_let_in, key_of, log_in, request_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera():
    return make_user("Vera", coins=500)


# --- How many queries ---------------------------------------------------------------------------


def test_session_and_user_take_one_query(vera, django_assert_num_queries):
    request = request_with(key_of(log_in(vera)))

    with django_assert_num_queries(1):
        user = user_of(request)

    assert user == vera
    assert (user.email, user.date_joined, user.is_active) == (vera.email, vera.date_joined, True)
    assert BrowserSession.objects.get().get_decoded()[SESSION_KEY] == str(vera.pk)


def test_page_that_does_not_ask_who_is_there_takes_no_query(vera, django_assert_num_queries):
    browser = log_in(vera)

    with django_assert_num_queries(0):
        page = browser.get("/robots.txt")

    assert page.status_code == 200


def test_loaded_user_is_the_row_and_can_be_saved(vera):
    user = user_of(request_with(key_of(log_in(vera))))

    user.name = "Veronica"
    user.save()

    vera.refresh_from_db()
    assert vera.name == "Veronica"
    assert not user._state.adding


# --- Who is let in ------------------------------------------------------------------------------


def test_log_in_writes_the_user_and_log_out_deletes_the_row(vera):
    browser = log_in(vera)
    assert BrowserSession.objects.get().user == vera

    browser.post("/accounts/logout/")

    assert not BrowserSession.objects.exists()
    assert not is_let_in(browser)


def test_log_in_gets_a_new_key(vera):
    browser = Client()
    browser.get("/accounts/login/")
    session = browser.session
    session["seen"] = "before"
    session.save()
    before = key_of(browser)

    browser.post("/accounts/login/", {"login": vera.email, "password": PASSWORD})

    assert key_of(browser) != before
    assert not BrowserSession.objects.filter(session_key=before).exists()


FORGED = ["", "short", "x" * 32, "x" * 41, "x" * 10_000, "' OR 1=1 --", '"\\000\\000\\000\\000\\000\\000\\000\\000"']
# Letters of full width, as the bytes of a header arrive.
FORGED.append("\uff21".encode().decode("latin1") * 8)


@pytest.mark.parametrize("key", FORGED)
def test_forged_key_is_a_stranger(vera, key):
    log_in(vera)
    stranger = Client(headers={"Cookie": f"{site.SESSION_COOKIE_NAME}={key}"})

    assert not is_let_in(stranger)

    page = stranger.get("/live/")

    assert page.status_code == 200


@pytest.mark.parametrize("key", ["x" * 41, "\0" * 32, "Ab" * 16, "ﬀ" * 32])
def test_text_that_is_no_key_reaches_no_query(key, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert user_of(request_with(key)).is_anonymous


def test_expired_session_is_a_stranger(vera):
    browser = log_in(vera)

    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert not is_let_in(browser)


@pytest.mark.parametrize("data", ["", "rubbish", "a:b:c", ":::", "\u0441" * 40])
def test_session_with_broken_data_is_a_stranger(vera, data):
    browser = log_in(vera)

    BrowserSession.objects.update(session_data=data)

    assert not is_let_in(browser)


@pytest.mark.parametrize("claimed", ["abc", "", "-1", "1.5", str(2**63), str(10**400), None, "²"])
def test_session_of_a_user_that_can_not_be_is_a_stranger(vera, claimed):
    browser = log_in(vera)
    data = SessionStore(key_of(browser)).load() | {SESSION_KEY: claimed}

    BrowserSession.objects.update(session_data=SessionStore().encode(data))

    assert not is_let_in(browser)


def test_column_alone_lets_nobody_in(vera):
    browser, mallory = log_in(vera), make_user("Mallory")

    BrowserSession.objects.update(user=mallory)

    assert user_of(request_with(key_of(browser))) == vera


def test_session_without_its_user_in_the_column_works_and_its_next_save_writes_it(vera):
    browser = log_in(vera)
    BrowserSession.objects.update(user=None)

    assert is_let_in(browser)
    session = SessionStore(key_of(browser))
    session["more"] = 1
    session.save()

    assert BrowserSession.objects.get().user == vera


def test_session_of_a_user_without_a_row_can_be_saved():
    session = SessionStore()
    session[SESSION_KEY] = "987654"

    session.save()

    assert BrowserSession.objects.get().user_id == 987654
    assert user_of(request_with(session.session_key)).is_anonymous


def test_backend_that_is_no_longer_used_lets_nobody_in(vera, settings):
    browser = Client()
    browser.force_login(vera, "django.contrib.auth.backends.ModelBackend")

    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

    assert not is_let_in(browser)


@pytest.mark.parametrize("left_out", [HASH_SESSION_KEY, BACKEND_SESSION_KEY])
def test_session_without_hash_or_backend_lets_nobody_in(vera, left_out):
    browser = log_in(vera)
    session = SessionStore(key_of(browser))
    del session[left_out]
    session.save()

    assert not is_let_in(browser)


def test_person_deactivated_by_any_means_is_a_stranger_with_the_next_request(vera):
    browser = log_in(vera)

    type(vera).objects.filter(pk=vera.pk).update(is_active=False)

    assert not is_let_in(browser)
