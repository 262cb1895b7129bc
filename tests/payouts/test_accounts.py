"""Payout accounts: only where an approved service pays, added once, removed without a trace lost, always announced."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core import mail

from payouts.accounts import AccountRefused, add_payout_account, remove_payout_account
from payouts.models import PayoutAccount, PayoutService, Withdrawal
from payouts.sending import send_withdrawals
from tests.factories import PASSWORD, make_payout_account, make_user
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db

PAGE = "/payouts/accounts/"
GOOD = {"provider": "paypal", "country": "PT", "receiver": "cleo@example.com"}


def sign_in(client, user):
    """Through the front door: a recent sign-in is what adding and removing ask for."""
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302


@pytest.fixture
def cleo(client):
    cleo = make_user("Cleo")
    sign_in(client, cleo)
    return cleo


def add(client, **fields):
    return client.post(PAGE, {**GOOD, **fields})


def test_an_account_is_added_right_after_signing_in(client, cleo):
    response = add(client, receiver=" Cleo@Example.COM ")

    assert (response.status_code, response["Location"]) == (303, PAGE)
    account = cleo.payout_accounts.get()
    assert (account.service.slug, account.country.code, account.receiver) == ("paypal", "PT", "cleo@example.com")
    page = client.get(PAGE).content.decode()
    assert "c•••@example.com · Portugal" in page


def test_who_came_from_withdrawing_goes_back_there(client, cleo):
    assert 'name="to_withdraw"' in client.get(PAGE, {"to_withdraw": 1}).content.decode()
    assert add(client, to_withdraw="1")["Location"] == "/payouts/withdraw/"


def test_adding_the_same_again_is_the_same_account(client, cleo):
    add(client)
    response = add(client, receiver="CLEO@example.com")

    assert response.status_code == 303
    assert cleo.payout_accounts.count() == 1
    assert cleo.notices.count() == 1


def test_the_same_receiver_with_another_country_is_refused_with_the_way_out(client, cleo):
    add(client)
    response = add(client, country="ES")

    assert response.status_code == 409
    assert "You have this PayPal account already, in Portugal." in response.content.decode().replace("&#x27;", "'")
    assert cleo.payout_accounts.get().country.code == "PT"


def test_two_people_may_have_the_same_receiver(client, cleo):
    make_payout_account(make_user("Nova"), receiver="cleo@example.com")

    assert add(client).status_code == 303


def test_owner_is_told_by_notice_and_by_mail(client, cleo, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add(client)
        client.post(f"{PAGE}{cleo.payout_accounts.get().pk}/remove/")

    assert [letter.subject for letter in mail.outbox[-2:]] == [
        "A payout account was added",
        "A payout account was removed",
    ]
    assert all(letter.to == [cleo.email] for letter in mail.outbox[-2:])
    assert "PayPal, c•••@example.com, Portugal" in mail.outbox[-2].body
    assert "cleo@example.com" not in mail.outbox[-2].body.replace("c•••@example.com", "")
    assert [notice.text for notice in cleo.notices.order_by("id")] == [
        "The payout account PayPal · c•••@example.com · Portugal was added.",
        "The payout account PayPal · c•••@example.com · Portugal was removed.",
    ]


def test_a_mail_server_that_is_away_undoes_nothing(client, cleo, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1

    with django_capture_on_commit_callbacks(execute=True):
        assert add(client).status_code == 303
    assert cleo.payout_accounts.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"provider": "venmo"}, "Choose a service that Ovation can pay out through."),
        ({"provider": ""}, "Choose a service."),
        ({"country": "XX"}, "Choose a country from the list."),
        ({"country": ""}, "Choose a country."),
        ({"country": "pt"}, "Choose a country from the list."),
        ({"receiver": "cleo"}, "Enter a valid email address."),
        ({"receiver": "c" * 250 + "@example.com"}, "at most 254 characters"),
        ({"receiver": "\u212aleo@example.com"}, "Type the address in plain letters"),
        ({"receiver": "cleo@example.com\x00"}, "Null characters are not allowed."),
        ({"receiver": "cleo@example.com\nBcc: all@example.com"}, "Enter a valid email address."),
        ({"receiver": "<script>alert(1)</script>@example.com"}, "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, cleo, fields, words):
    response = add(client, **fields)

    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "<script>alert" not in page
    if "receiver" not in fields:
        assert 'value="cleo@example.com"' in page
    assert not PayoutAccount.objects.exists()


def test_only_where_the_service_is_available(client, cleo):
    PayoutService.objects.filter(slug="paypal").update(countries="ES,FR")
    response = add(client)

    assert response.status_code == 422
    assert "PayPal isn’t available for payouts to Portugal." in response.content.decode().replace("&#x27;", "’")
    assert add(client, country="FR").status_code == 303


def test_a_service_that_is_not_approved_is_neither_offered_nor_taken(client, cleo):
    PayoutService.objects.create(slug="fastcash", name="Fast Cash", is_approved=False)

    assert "Fast Cash" not in client.get(PAGE).content.decode()
    assert add(client, provider="fastcash").status_code == 422


def test_the_verb_itself_refuses_a_service_that_is_not_available():
    service = PayoutService.objects.create(slug="wire", name="Wire", countries="ES")

    with pytest.raises(AccountRefused, match="Wire isn't available"):
        add_payout_account(owner=make_user(), service=service, country="PT", receiver="a@example.com")


# --- Removing -------------------------------------------------------------------------------------


def test_a_removed_account_is_out_of_sight_and_its_withdrawals_keep_it(client):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo)
    sign_in(client, cleo)

    for _ in range(2):
        response = client.post(f"{PAGE}{withdrawal.account_id}/remove/")
        assert (response.status_code, response["Location"]) == (303, PAGE)

    assert "data-payout-account" not in client.get(PAGE).content.decode()
    assert cleo.notices.count() == 1
    send_withdrawals()
    assert Withdrawal.objects.get().status == "sent"
    assert "c•••@example.com" in client.get(f"/payouts/{withdrawal.id}/").content.decode()


def test_a_removed_account_can_be_added_anew(client, cleo):
    add(client)
    remove_payout_account(cleo.payout_accounts.get())

    assert add(client).status_code == 303
    assert cleo.payout_accounts.filter(removed_at=None).count() == 1
    assert cleo.payout_accounts.count() == 2


@pytest.mark.parametrize("number", ["{}", "999999", str(2**63), "9" * 40])
def test_nobody_removes_the_account_of_somebody_else(client, cleo, number):
    nova = make_payout_account(make_user("Nova"))

    assert client.post(f"{PAGE}{number.format(nova.pk)}/remove/").status_code == 404
    nova.refresh_from_db()
    assert nova.removed_at is None


def test_reading_removes_nothing(client, cleo):
    account = make_payout_account(cleo)

    response = client.get(f"{PAGE}{account.pk}/remove/")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert client.put(PAGE).status_code == 405
    account.refresh_from_db()
    assert account.removed_at is None


# --- A stolen session is not enough ---------------------------------------------------------------


def forget_when(client):
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - 301
    session.save()


def test_five_minutes_after_signing_in_the_password_is_asked_again(client, cleo):
    account = make_payout_account(cleo)
    forget_when(client)

    assert client.get(PAGE).status_code == 200
    for response in (add(client, receiver="mallory@example.com"), client.post(f"{PAGE}{account.pk}/remove/")):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/reauthenticate/")
    assert cleo.payout_accounts.filter(removed_at=None).get() == account


def test_with_the_password_what_was_asked_for_is_done(client, cleo):
    forget_when(client)
    asked = add(client)

    response = client.post(asked["Location"], {"password": PASSWORD})

    assert response.status_code == 303
    assert cleo.payout_accounts.get().receiver == "cleo@example.com"


@pytest.mark.parametrize("accounts", [1, 3])
def test_six_statements_however_many_accounts(client, django_assert_num_queries, accounts):
    cleo = make_user("Cleo")
    for number in range(accounts):
        make_payout_account(cleo, receiver=f"{number}@example.com")
    client.force_login(cleo)

    with django_assert_num_queries(6):
        page = client.get(PAGE).content.decode()
    assert page.count("data-payout-account=") == accounts
