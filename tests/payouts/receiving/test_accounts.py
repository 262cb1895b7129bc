"""Payout accounts: only where an approved service pays, added once, always announced."""

from datetime import timedelta

import pytest
from django.core import mail

from payouts.gateways import sandbox
from payouts.models import PayoutAccount, PayoutService
from payouts.receiving.accounts import AccountRefused, add_payout_account
from people.models import OutgoingMail
from tests.factories import make_payout_account, make_user
from tests.payouts.receiving.adding import PAGE, add

pytestmark = pytest.mark.django_db


def test_an_account_is_added_right_after_signing_in(client, cleo):
    response = add(client, receiver=" Cleo@Example.COM ")

    assert (response.status_code, response["Location"]) == (303, PAGE)
    account = cleo.payout_accounts.get()
    assert (account.service.slug, account.country.code, account.receiver) == ("paypal", "PT", "cleo@example.com")
    page = client.get(PAGE).content.decode()
    assert "c•••@example.com · Portugal" in page


@pytest.mark.once
def test_who_came_from_withdrawing_goes_back_there(client, cleo):
    page = client.get(PAGE, {"to_withdraw": 1})

    assert 'name="to_withdraw"' in page.content.decode()

    answer = add(client, to_withdraw="1")

    assert answer["Location"] == "/payouts/withdraw/"


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

    answer = add(client)

    assert answer.status_code == 303


def test_owner_is_told_by_notice_and_by_mail(client, cleo, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add(client)
        client.post(f"{PAGE}{cleo.payout_accounts.get().pk}/remove/")

    assert [letter.subject for letter in mail.outbox[-2:]] == [
        "A payout account was added",
        "A payout account was removed",
    ]
    assert all(letter.to == [cleo.email] for letter in mail.outbox[-2:])
    lines = [line for letter in mail.outbox[-2:] for line in letter.body.splitlines()]
    assert all(len(line) <= 72 for line in lines)
    assert "PayPal, c•••@example.com, Portugal" in mail.outbox[-2].body
    assert "cleo@example.com" not in mail.outbox[-2].body.replace("c•••@example.com", "")
    added, removed = [notice.text for notice in cleo.notices.order_by("id")]
    account = cleo.payout_accounts.get()
    assert account.usable_at == account.created_at + timedelta(hours=72)
    from_when = f"{account.usable_at:%A %-d %B %Y, %H:%M} UTC"
    assert added == (
        f"The payout account PayPal · c•••@example.com · Portugal was added. "
        f"Withdrawals can go there from {from_when}. "
        "If it wasn't you, change your password now and look at your accounts."
    )
    assert removed.startswith("The payout account PayPal · c•••@example.com · Portugal was removed. Withdrawals on")
    assert f"Withdrawals can go there from {from_when}." in mail.outbox[-2].body
    assert "If it wasn't you, do three things now:" in mail.outbox[-2].body
    assert "If it wasn't you, change your password now" in mail.outbox[-1].body


def test_a_mail_server_that_is_away_undoes_nothing_and_is_logged_without_addresses(
    client, cleo, settings, django_capture_on_commit_callbacks, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1

    with django_capture_on_commit_callbacks(execute=True):
        answer = add(client)

    assert answer.status_code == 303

    account = cleo.payout_accounts.get()
    next_try = OutgoingMail.objects.latest("try_at").try_at.isoformat(timespec="seconds")
    assert caplog.messages == [
        f"payout account {account.pk}: the mail “A payout account was added” could not be sent "
        f"(ConnectionRefusedError); attempt 2 follows at {next_try}"
    ]
    assert "example.com" not in caplog.text


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"provider": "venmo"}, "Choose a service that Ovation can pay out through."),
        ({"provider": ""}, "Choose a service."),
        ({"country": "XX"}, "Choose a country from the list."),
        ({"country": ""}, "Choose a country."),
        ({"country": "pt"}, "Choose a country from the list."),
        (
            {"provider": "bank", "receiver": "PT50 0002 0123 1234 5678 9015 3"},
            "The check digits of this IBAN don’t fit",
        ),
        ({"provider": "bank", "receiver": "cleo@example.com"}, "Type the IBAN: two letters, two digits"),
        (
            {"provider": "bank", "receiver": "DE89 3704 0044 0532 0130 00"},
            "This IBAN is of Germany, but the country you chose is Portugal. Choose the country of the IBAN.",
        ),
        (
            {"provider": "mobile", "country": "KE", "receiver": "0712 345678"},
            "Type the number with + and the country’s",
        ),
        ({"provider": "mobile", "country": "KE", "receiver": "+256712345678"}, "Numbers of Kenya begin with +254."),
        ({"receiver": "cleo"}, "Enter a valid email address."),
        ({"receiver": "c" * 250 + "@example.com"}, "at most 254 characters"),
        ({"receiver": "\u212aleo@example.com"}, "Type the address in plain letters"),
        ({"receiver": "cleo@example.com\x00"}, "Null characters are not allowed."),
        ({"receiver": "cleo@example.com\nBcc: all@example.com"}, "An e-mail address has no spaces."),
        ({"receiver": "<script>alert(1)</script>@example.com"}, "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, cleo, fields, words):
    response = add(client, **fields)

    assert response.status_code == 422
    page = response.content.decode()
    assert words in page.replace("&#x27;", "’")
    assert "<script>alert" not in page
    if "receiver" not in fields:
        assert 'value="cleo@example.com"' in page
    assert not PayoutAccount.objects.exists()


def test_only_where_the_service_is_available(client, cleo):
    PayoutService.objects.filter(slug="paypal").update(countries="ES,FR")
    response = add(client)

    assert response.status_code == 422
    page = response.content.decode().replace("&#x27;", "’")
    assert "PayPal isn’t available for payouts to Portugal. There it is Bank transfer." in page

    answer = add(client, country="FR")

    assert answer.status_code == 303


def test_a_service_that_is_not_approved_is_neither_offered_nor_taken(client, cleo):
    PayoutService.objects.create(slug="fastcash", name="Fast Cash", is_approved=False)

    page = client.get(PAGE)

    assert "Fast Cash" not in page.content.decode()

    answer = add(client, provider="fastcash")

    assert answer.status_code == 422


def test_a_service_that_the_provider_cannot_send_through_is_neither_offered_nor_taken(client, cleo, monkeypatch):
    monkeypatch.setattr(sandbox.gateway, "services", frozenset({"paypal"}), raising=False)
    iban = {"provider": "bank", "receiver": "PT50000201231234567890154"}

    page = client.get(PAGE)

    assert "Bank transfer" not in page.content.decode()

    statuses = [add(client, **iban).status_code, add(client).status_code]

    assert statuses == [422, 303]


def test_the_verb_itself_refuses_a_service_that_is_not_available():
    service = PayoutService.objects.create(slug="wire", name="Wire", countries="ES")

    with pytest.raises(AccountRefused, match="Wire isn't available"):
        add_payout_account(owner=make_user(), service=service, country="PT", receiver="a@example.com")


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "stored", "shown"),
    [
        ({"receiver": "Cleo@Example.com"}, "cleo@example.com", "c•••@example.com · Portugal"),
        (
            {"provider": "bank", "receiver": "pt50 0002 0123 1234 5678 9015 4"},
            "PT50000201231234567890154",
            "PT•• •••• 0154 · Portugal",
        ),
        (
            {"provider": "mobile", "country": "KE", "receiver": "+254 (712) 345-678"},
            "+254712345678",
            "+254 •••• 78 · Kenya",
        ),
    ],
)
def test_a_receiver_is_stored_plain_and_shown_mostly_hidden(client, cleo, fields, stored, shown):
    answer = add(client, **fields)

    assert answer.status_code == 303

    account = cleo.payout_accounts.get()
    page = client.get(PAGE).content.decode()
    assert account.receiver == stored
    assert shown in page and shown in str(account)
    assert stored not in page


@pytest.mark.once
def test_the_hints_are_of_the_services_on_offer(client, cleo):
    page = client.get(PAGE).content.decode()
    assert "PayPal: The e-mail address of the account" in page
    assert "Bank transfer: The IBAN of the bank account" in page
    assert '<option value="mobile" data-kind="phone">' in page
    assert ">E-mail address, IBAN or phone number</label>" in page

    PayoutService.objects.exclude(slug="bank").update(is_approved=False)
    page = client.get(PAGE).content.decode()
    assert ">IBAN</label>" in page and "PayPal" not in page.partition("Receivers to try")[0]
