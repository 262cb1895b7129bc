"""Failed log-ins: when they count, and limits for a crowd behind one address."""

import time

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.auth.backends import ModelBackend
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from config.settings.database import shared_cache_at
from people.signing_in.codes import OnceOnly
from tests.factories import PASSWORD, make_user
from tests.races.threads import at_once

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
CACHES = {"default": shared_cache_at("dbcache://site_cache")}


@pytest.fixture(autouse=True)
def shared_cache(settings, books):
    """The cache as processes share it, with the options of the site: a table."""
    settings.CACHES = CACHES
    call_command("createcachetable")
    cache.clear()


@pytest.fixture
def looks_take_long(monkeypatch):
    """Slow each check of a password or code down to half a second, so that a crowd's checks overlap."""
    password, code = ModelBackend.authenticate, OnceOnly.check_code

    def slowly(look):
        def wait_and_look(*args, **kwargs):
            time.sleep(0.5)
            return look(*args, **kwargs)

        return wait_and_look

    monkeypatch.setattr(ModelBackend, "authenticate", slowly(password))
    monkeypatch.setattr(OnceOnly, "check_code", slowly(code))


def log_in(user, password=PASSWORD, address="192.0.2.1"):
    client = Client(REMOTE_ADDR=address)
    return client, client.post("/accounts/login/", {"login": user.email, "password": password})


def is_refused(answer):
    return answer.status_code == 200 and "Too many" in answer.content.decode()


def test_ten_failures_of_one_address_close_it_for_right_log_ins_too():
    for n in range(10):
        answer = log_in(make_user(f"Viewer{n}"), "wrong")

        assert not is_refused(answer[1])

    answer = log_in(make_user())

    assert is_refused(answer[1])

    answer = log_in(make_user(), address="192.0.2.2")

    assert answer[1].status_code == 302


def test_five_failures_of_one_account_close_it_from_everywhere():
    vera = make_user()
    for n in range(5):
        answer = log_in(vera, "wrong", f"192.0.2.{n}")

        assert not is_refused(answer[1])

    answer = log_in(vera, address="192.0.2.9")

    assert is_refused(answer[1])

    answer = log_in(make_user(), address="192.0.2.9")

    assert answer[1].status_code == 302


def test_right_log_in_neither_counts_nor_takes_failures_back():
    mallory = make_user("Mallory")
    for _ in range(30):
        answer = log_in(mallory)

        assert answer[1].status_code == 302
    for n in range(10):
        log_in(make_user(f"Viewer{n}"), "wrong")
        log_in(mallory)

    answer = log_in(mallory)

    assert is_refused(answer[1])


def test_right_second_factor_takes_no_failures_of_its_address_back():
    """allauth clears the address's count after a right code, so one's own code would pay for guesses at others."""
    mallory = make_user("Mallory")
    auth.TOTP.activate(mallory, SECRET)
    for n in range(9):
        log_in(make_user(f"Viewer{n}"), "wrong")
    client, _ = log_in(mallory)
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of_now()})

    assert answer.status_code == 302

    log_in(make_user(), "wrong")

    answer = log_in(make_user())

    assert is_refused(answer[1])


def test_failures_are_remembered_among_many_other_entries():
    """A cache table keeps 300 entries unless it is told otherwise, and then removes some by the order of their keys."""
    vera = make_user()
    for _ in range(5):
        log_in(vera, "wrong")
    for n in range(400):
        cache.set(f"zzz{n}", n)

    answer = log_in(vera, address="192.0.2.7")

    assert is_refused(answer[1])


def code_of_now():
    return auth.format_hotp_value(auth.hotp_value(SECRET, list(auth.yield_hotp_counters_from_time())[1]))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_24_right_log_ins_at_once_from_one_address_are_24(looks_take_long):
    people = [make_user(f"Viewer{n}") for n in range(24)]

    answers = at_once(lambda user: log_in(user)[1].status_code, people, threads=24)

    assert answers == [302] * 24


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_person_at_24_devices_at_once_is_let_in_24_times(looks_take_long):
    vera = make_user()

    answers = at_once(lambda _: log_in(vera)[1].status_code, range(24), threads=24)

    assert answers == [302] * 24


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_16_right_codes_at_once_from_one_address_are_16(looks_take_long):
    clients = []
    for n in range(16):
        user = make_user(f"Viewer{n}")
        auth.TOTP.activate(user, SECRET)
        clients.append(log_in(user)[0])

    answers = at_once(
        lambda client: client.post("/accounts/2fa/authenticate/", {"code": code_of_now()}).status_code,
        clients,
        threads=16,
    )

    assert answers == [302] * 16


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_wrong_guesses_at_once_close_the_account(looks_take_long):
    vera = make_user()

    at_once(lambda n: log_in(vera, f"wrong {n}", f"192.0.2.{n}"), range(32), threads=8)

    answer = log_in(vera, address="198.51.100.1")

    assert is_refused(answer[1])
