"""Signing up, logging in and a forgotten password, on our own layouts and with calm mails."""

import re

import pytest
from django.core import mail

from people.models import User
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW_PASSWORD = "a curtain falls"


def code_in(message):
    return re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", message.body, re.MULTILINE)[0]


def test_somebody_signs_up_confirms_with_the_code_and_logs_in(client):
    fields = {"name": " Imani ", "email": "Imani@Example.com", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = client.post("/accounts/signup/", fields)
    assert answer["Location"] == "/accounts/confirm-email/"

    page = client.get("/accounts/confirm-email/")

    assert b"imani@example.com" in page.content

    client.post("/accounts/confirm-email/", {"code": "WRNG-CODE"})
    page = client.get("/me/")

    assert page.status_code == 302

    answer = client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})
    assert answer["Location"] == "/"

    page = client.get("/me/")

    assert "Imani" in page.content.decode()

    imani = User.objects.get(email="imani@example.com")
    assert (imani.name, imani.is_staff) == ("Imani", False)

    client.post("/accounts/logout/")
    answer = client.post("/accounts/login/", {"login": "imani@example.com", "password": NEW_PASSWORD})
    assert answer["Location"] == "/"


def test_sign_up_without_a_name_keeps_what_was_typed(client):
    fields = {"name": "", "email": "imani@example.com", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    page = client.post("/accounts/signup/", fields).content.decode()
    assert "imani@example.com" in page
    assert "This field is required." in page
    assert not User.objects.filter(email="imani@example.com").exists()


def test_signing_up_with_a_taken_address_tells_only_its_owner(client):
    make_user("Vera", email="vera@example.com")
    fields = {"name": "Mallory", "email": "vera@example.com", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = client.post("/accounts/signup/", fields)
    assert answer["Location"] == "/accounts/confirm-email/"  # the same answer as for a free address
    assert mail.outbox[0].subject == "You have an account already"
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced_by_code(client):
    make_user("Vera", email="vera@example.com")
    client.post("/accounts/password/reset/", {"email": "vera@example.com"})
    client.post("/accounts/password/reset/confirm/", {"code": code_in(mail.outbox[0])})
    client.post("/accounts/password/reset/complete/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    statuses = [
        client.post("/accounts/login/", {"login": "vera@example.com", "password": PASSWORD}).status_code,
        client.post("/accounts/login/", {"login": "vera@example.com", "password": NEW_PASSWORD}).status_code,
    ]

    assert statuses == [200, 302]


def test_mails_are_plain_and_calm(client):
    make_user("Vera", email="vera@example.com")
    client.post("/accounts/password/reset/", {"email": "vera@example.com"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert message.body.startswith("Hello,\n\n")
        assert "!" not in message.subject + message.body
        assert "&" not in message.body


def test_the_authenticator_app_asks_who_you_are_first(client):
    client.force_login(make_user("Vera"))
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    assert "Turn on the authenticator app" in page


@pytest.mark.parametrize(
    "path",
    ["email/", "password/change/", "2fa/", "2fa/webauthn/", "sessions/", "logout/", "reauthenticate/"],
)
def test_account_pages_are_ours(client, path):
    client.force_login(make_user("Vera"))
    page = client.get(f"/accounts/{path}").content.decode()
    assert 'class="top"' in page
    assert 'style="' not in page


def test_demo_accounts_are_offered_on_a_local_copy_only(client, settings):
    page = client.get("/accounts/login/")

    assert b"data-demo-login" in page.content

    settings.LOCAL = False
    page = client.get("/accounts/login/")

    assert b"data-demo-login" not in page.content
