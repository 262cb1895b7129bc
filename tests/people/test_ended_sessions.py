"""Sessions that end or survive: a new password, keys of the site, a log-out, a deactivation, an upgrade."""

import threading
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as EarlierSession
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from live.worker import forget_expired_logins
from people.access import end_sessions_of, set_access
from people.models import BrowserSession
from people.signing_in.sessions import SessionStore, user_of
from tests.factories import PASSWORD, make_user
from tests.operator import make_operator
from tests.people.browsing import is_let_in, key_of, log_in, request_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera():
    return make_user("Vera", coins=500)


def test_password_change_keeps_this_browser_and_ends_all_others(vera):
    here, elsewhere = log_in(vera), log_in(vera)
    new = "another-good-password-7"

    changed = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert changed.status_code == 302
    assert is_let_in(here)
    assert not is_let_in(elsewhere)
    assert list(BrowserSession.objects.values_list("session_key", "user")) == [(key_of(here), vera.pk)]


def test_session_survives_a_change_of_the_secret_key_by_the_fallbacks(vera, settings):
    browser = log_in(vera)
    before = key_of(browser)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert is_let_in(browser)
    settings.SECRET_KEY_FALLBACKS = []

    assert is_let_in(browser)
    assert key_of(browser) != before
    assert BrowserSession.objects.get().user == vera


def test_changed_secret_key_without_a_fallback_ends_sessions(vera, settings):
    browser = log_in(vera)

    settings.SECRET_KEY = "n" * 50

    assert not is_let_in(browser)


# --- Ending sessions ----------------------------------------------------------------------------


def test_own_list_shows_two_browsers_and_ends_the_other(vera):
    here, elsewhere = log_in(vera, user_agent="Here 1.0"), log_in(vera, user_agent="Elsewhere 1.0")
    listed = here.get("/accounts/sessions/").content.decode()

    here.post("/accounts/sessions/")

    assert listed.count('<li class="row">') == 2
    assert is_let_in(here)
    assert not is_let_in(elsewhere)
    assert BrowserSession.objects.get().session_key == key_of(here)


def test_deactivation_ends_every_session_those_that_no_list_has_too(vera):
    listed, unlisted, unclaimed = log_in(vera), Client(), log_in(vera)
    unlisted.force_login(vera)
    UserSession.objects.filter(session_key=key_of(unlisted)).delete()
    BrowserSession.objects.filter(session_key=key_of(unclaimed)).update(user=None)
    other = log_in(make_user("Nova"))

    set_access(vera, is_active=False, by=make_operator())
    set_access(vera, is_active=True, by=make_operator("Olga"))

    assert [is_let_in(browser) for browser in (listed, unlisted, unclaimed, other)] == [False, False, False, True]
    assert not UserSession.objects.filter(user=vera).exists()


def test_expired_rows_are_cleared_in_both_tables(vera):
    log_in(vera)
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(hours=1)
    for key, moment in (("past", past), ("future", future)):
        EarlierSession.objects.create(session_key=key, session_data="", expire_date=moment)
        BrowserSession.objects.create(session_key=key, session_data="", expire_date=moment)

    forget_expired_logins()

    assert list(EarlierSession.objects.values_list("session_key", flat=True)) == ["future"]
    assert not BrowserSession.objects.filter(session_key="past").exists()
    assert BrowserSession.objects.count() == 2


def test_log_out_during_a_request_is_not_undone_by_it(vera, monkeypatch):
    browser = log_in(vera)
    key = key_of(browser)

    def write_and_be_logged_out(request, *arguments, **options):
        request.session["seen"] = True
        end_sessions_of(vera)
        return HttpResponse("made")

    monkeypatch.setattr("wallet.views.render", write_and_be_logged_out)
    answer = browser.get("/wallet/")

    assert answer.status_code == 400
    assert not BrowserSession.objects.exists()
    assert not is_let_in(Client(headers={"Cookie": f"{site.SESSION_COOKIE_NAME}={key}"}))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_log_out_and_saves_of_the_same_session_race(vera):
    """In any order, the session is gone afterwards, and each save either wrote before or was refused."""
    for _ in range(10):
        key = key_of(log_in(vera))
        sessions = [SessionStore(key) for _ in range(4)]
        for number, session in enumerate(sessions):
            session["number"] = number
        start, refused = threading.Barrier(5), []

        def save(session, start=start, refused=refused):
            start.wait()
            try:
                session.save()
            except UpdateError:
                refused.append(session)
            finally:
                connection.close()

        threads = [threading.Thread(target=save, args=(session,)) for session in sessions]
        for thread in threads:
            thread.start()
        start.wait()
        end_sessions_of(vera)
        for thread in threads:
            thread.join()

        assert not BrowserSession.objects.filter(session_key=key).exists()


# --- Sessions of an earlier version -------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sessions_of_an_earlier_version_survive_the_migration_and_the_way_back():
    vera = make_user("Vera")
    listed, unlisted, expired = log_in(vera), Client(), log_in(vera)
    unlisted.force_login(vera)
    UserSession.objects.filter(session_key=key_of(unlisted)).delete()
    ended_since = log_in(vera)

    executor = MigrationExecutor(connection)
    executor.migrate([("people", "0009_pictures")])
    EarlierSession.objects.filter(session_key=key_of(expired)).update(expire_date=timezone.now() - timedelta(days=1))
    assert EarlierSession.objects.count() == 4
    call_command("migrate", verbosity=0)
    ended_since.post("/accounts/logout/")

    assert [is_let_in(browser) for browser in (listed, unlisted, expired, ended_since)] == [True, True, False, False]
    users = dict(BrowserSession.objects.values_list("session_key", "user"))
    assert users == {key_of(listed): vera.pk, key_of(unlisted): None}
    with_one_query = user_of(request_with(key_of(listed)))
    assert with_one_query == vera

    MigrationExecutor(connection).migrate([("people", "0009_pictures")])
    back = set(EarlierSession.objects.values_list("session_key", flat=True))
    call_command("migrate", verbosity=0)
    assert back == set(users)
