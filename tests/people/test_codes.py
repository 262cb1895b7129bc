"""Codes of the authenticator app: the step before and after are taken, and each code once."""

import re

import pytest
import time_machine
from allauth.mfa.totp.internal import auth
from django.test import Client

from people.models import AcceptedStep
from people.signing_in.codes import USED, accept, step_of
from tests.factories import PASSWORD, make_user
from tests.races.threads import at_once

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
# The start of a step of 30 seconds.
NOON = 1_796_040_000


@pytest.fixture
def vera():
    user = make_user("Vera")
    auth.TOTP.activate(user, SECRET)
    return user


@pytest.fixture(autouse=True)
def clock():
    assert NOON % 30 == 0
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def code_at(seconds):
    """Return the app's code that many seconds after noon."""
    return auth.format_hotp_value(auth.hotp_value(SECRET, (NOON + seconds) // 30))


def log_in(user, code):
    """Log in with password and code; return the client and the answer to the code."""
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client, client.post("/accounts/2fa/authenticate/", {"code": code})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-31, False), (-30, True), (-1, True), (0, True), (29, True), (30, True), (60, False)]
)
def test_codes_of_this_step_the_one_before_and_the_one_after_are_taken(vera, seconds, taken):
    client, answer = log_in(vera, code_at(seconds))

    assert is_in(client) is taken
    assert answer.status_code == (302 if taken else 200)


@pytest.mark.parametrize("later", [0, 29, 31, 59])
def test_used_code_is_refused_as_long_as_it_would_be_valid(vera, clock, later):
    answer = log_in(vera, code_at(30))

    assert is_in(answer[0])

    clock.shift(later)
    client, answer = log_in(vera, code_at(30))

    assert not is_in(client)
    assert USED in answer.content.decode()


def test_code_of_an_earlier_step_is_refused_after_a_later_one(vera):
    answer = log_in(vera, code_at(0))

    assert is_in(answer[0])

    answer = log_in(vera, code_at(-30))

    assert not is_in(answer[0])

    answer = log_in(vera, code_at(30))

    assert is_in(answer[0])


def test_used_code_is_refused_where_a_log_in_is_confirmed_again(vera):
    code = code_at(0)
    client, _ = log_in(vera, code)

    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code})

    assert USED in answer.content.decode()

    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code_at(30)})

    assert answer.status_code == 302


def test_used_code_lets_nobody_guess_more_often(vera):
    """A used code counts as a failure: it mustn't clear the count of wrong guesses."""
    client, _ = log_in(vera, code_at(0))
    for n in range(5):
        client.post("/accounts/2fa/reauthenticate/", {"code": code_at(0) if n == 2 else "000000"})

    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code_at(30)})

    assert answer.status_code == 200
    assert "Too many" in answer.content.decode()


def test_code_that_turned_the_app_on_is_used(clock):
    user, client = make_user("Vera"), Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = auth.format_hotp_value(auth.hotp_value(secret, NOON // 30))
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert answer.status_code == 302

    again, answer = log_in(user, code)
    assert not is_in(again)
    assert USED in answer.content.decode()

    clock.shift(30)
    code = auth.format_hotp_value(auth.hotp_value(secret, NOON // 30 + 1))
    answer = log_in(user, code)

    assert is_in(answer[0])


def test_recovery_code_is_no_code_of_a_step(vera):
    client, _ = log_in(vera, code_at(0))
    client.post("/accounts/2fa/reauthenticate/", {"code": code_at(30)})
    client.post("/accounts/2fa/recovery-codes/generate/")
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    spare = re.search(r"\b\d{8}\b", page)[0]

    answer = log_in(vera, spare)

    assert is_in(answer[0])
    assert AcceptedStep.objects.get().step == NOON // 30 + 1


def test_code_with_a_space_as_apps_show_it_is_the_same_code():
    code = code_at(0)

    assert step_of(SECRET, f"{code[:3]} {code[3:]}") == NOON // 30


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_code_sent_16_times_at_once_is_accepted_once(vera):
    results = at_once(lambda _: accept(vera, NOON // 30), range(16), threads=16)

    assert sorted(results) == [False] * 15 + [True]
    assert vera.accepted_step.step == NOON // 30
