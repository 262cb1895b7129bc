"""Browsers of people who log in, and the keys of their sessions."""

from django.conf import settings as site
from django.http import HttpRequest
from django.test import Client

from people.signing_in.sessions import SessionStore
from tests.factories import PASSWORD

LOGIN = "/accounts/login/?next=/wallet/"


def log_in(person, **headers):
    browser = Client(headers=headers)
    answer = browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    assert answer.status_code == 302

    return browser


def key_of(browser):
    return browser.cookies[site.SESSION_COOKIE_NAME].value


def is_let_in(browser):
    answer = browser.get("/wallet/")
    assert answer.status_code == 200 or answer["Location"] == LOGIN
    return answer.status_code == 200


def request_with(key):
    request = HttpRequest()
    request.session = SessionStore(key)
    return request
