"""Withdrawing, step by step: each refusal, with the typed values kept in the form."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from payouts.diamonds import diamond_balance
from payouts.models import PayoutTerms, Quote, Withdrawal
from payouts.withdrawals.withdrawals import quote
from tests.factories import PASSWORD, make_payout_account
from tests.htmx import HTMX
from tests.payouts.earning import make_earner
from tests.payouts.signing_in import let_time_pass, make_second_factor, sign_in_recently
from tests.payouts.withdrawals.pages.asking import CONFIRM, WITHDRAW, ask, quote_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOT_DIGITS = ["", " ", "-1", "1e5", "NaN", "Infinity", "٣٠٠", "２５０", "0x64", "$", "--", "<b>250</b>", "250\x00"]
NOT_DOLLARS = ["250.001", "250,00", "1,00.00", "2 50", ".5", "250.00.00", "1" * 10, str(2**63), "9" * 5000]


# --- A recent sign-in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "posted", "kept", "shown"),
    [
        (WITHDRAW, {"amount": "120", "account": "{}"}, "amount=120&account={}&confirmed=1", 'value="120"'),
        (CONFIRM, {"quote": "{quote}"}, "quote={quote}", "Withdraw $120.00</h1>"),
    ],
)
def test_five_minutes_after_signing_in_nothing_is_withdrawn_and_what_was_typed_is_kept(
    client, cleo, wednesday, url, posted, kept, shown
):
    account = cleo.payout_accounts.get()
    one = quote(creator=cleo, account=account, cents=120_00)
    let_time_pass(client)
    posted = {name: value.format(account.pk, quote=one.pk) for name, value in posted.items()}
    address = f"{WITHDRAW}?{kept.format(account.pk, quote=one.pk)}"

    asked = client.post(url, posted)
    assert asked.status_code == 302
    assert asked["Location"] == f"/accounts/reauthenticate/?{urlencode({'next': address})}"
    asked = client.post(url, posted, headers=HTMX)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked["HX-Redirect"].startswith("/accounts/reauthenticate/?next=%2Fpayouts%2Fwithdraw%2F%3F")
    assert (Quote.objects.count(), Withdrawal.objects.count()) == (1, 0)

    wednesday.shift(timedelta(seconds=20))
    back = client.post(asked["HX-Redirect"], {"password": PASSWORD})
    assert (back.status_code, back["Location"]) == (302, address)
    page = text(client.get(back["Location"]))
    assert "Thank you, now we know that it is you." in page and shown in page

    answer = client.post(url, posted)

    assert answer.status_code in {200, 303}


def test_an_amount_that_would_be_refused_is_kept_too_while_it_is_asked_who_you_are(client, cleo):
    let_time_pass(client)
    asked = ask(client, "99999.50")
    back = client.post(asked["Location"], {"password": PASSWORD})["Location"]

    page = client.get(back)

    assert 'value="99999.50"' in text(page)


def test_a_quote_that_expired_meanwhile_leads_to_the_amount_and_nothing_is_lost(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    wednesday.shift(timedelta(minutes=6))
    back = client.post(client.post(CONFIRM, {"quote": number})["Location"], {"password": PASSWORD})["Location"]

    page = text(client.get(back))
    assert "wasn’t confirmed. Nothing was withdrawn on it." in page and 'value="120.00"' in page
    review = ask(client, "120.00")
    answer = client.post(CONFIRM, {"quote": quote_in(review)})

    assert answer.status_code == 303
    assert cleo.withdrawals.get().cents == 120_00


def test_mallory_with_a_quote_of_cleos_isnt_even_told_its_amount(client, cleo):
    one = quote(creator=cleo, account=cleo.payout_accounts.get(), cents=123_00)
    sign_in_recently(client, make_earner(60_000, "Mallory"), ago=301)

    answer = client.post(CONFIRM, {"quote": one.pk})

    assert answer.status_code == 404

    page = client.get(WITHDRAW, {"quote": one.pk})

    assert "123" not in text(page)

    answer = client.post(WITHDRAW, {"quote": one.pk})

    assert "123" not in answer["Location"]


def test_the_page_says_beforehand_that_it_will_be_asked(client, cleo):
    words = "First we ask you to show that it is you"
    page = client.get(WITHDRAW)

    assert words not in text(page)

    let_time_pass(client)
    page = client.get(WITHDRAW)

    assert words in text(page)


def test_whoever_has_a_second_factor_is_asked_for_it(client, cleo):
    make_second_factor(cleo)
    asked = ask(client)
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    assert not Quote.objects.exists()

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = ask(client)

    assert answer.status_code == 302

    sign_in_recently(client, cleo, methods=("password", "mfa"))
    answer = ask(client)

    assert answer.status_code == 200


# --- Refused: 409, with what was typed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("99.99", "The least you can withdraw at once is $100.00."),
        ("0", "The least you can withdraw at once is $100.00."),
        ("1000.01", "$300.00 is available: 60,000 diamonds at $0.005 each, the rate since 1 January 2025."),
        (
            "300.01",
            "$300.00 is available: 60,000 diamonds at $0.005 each, the rate since 1 January 2025. "
            "This withdrawal needs 60,002.",
        ),
        ("999999999.99", "$300.00 is available: "),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_rule_that_says_no_keeps_what_was_typed(client, cleo, amount, sentence, headers):
    response = ask(client, amount, headers=headers)

    assert response.status_code == 409
    assert sentence in text(response)
    assert f'value="{amount}"' in text(response)
    assert not Quote.objects.exists()


def test_an_expired_quote_is_refused_with_its_amount_in_the_form(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    wednesday.shift(timedelta(seconds=60))
    response = client.post(CONFIRM, {"quote": number})

    assert response.status_code == 409
    assert "This quote has expired" in text(response) and 'value="120.00"' in text(response)
    assert diamond_balance(cleo) == 60_000


def test_a_removed_account_is_refused(client, cleo):
    account = make_payout_account(cleo, receiver="old@example.com")
    account.removed_at = account.created_at
    account.save()
    response = ask(client, account=account.pk)

    assert response.status_code == 409
    assert "This payout account was removed on 25 November 2026. Choose another one." in text(response)


def test_an_account_that_waits_is_shown_disabled_with_from_when_and_refused(client, cleo):
    new = make_payout_account(cleo, receiver="new@example.com", usable_at=datetime(2026, 11, 28, 20, 13, tzinfo=UTC))
    client.cookies["tz"] = "Europe/Berlin"
    page = text(client.get(WITHDRAW, {"account": new.pk}))

    assert f'name="account" value="{new.pk}" disabled>' in page
    assert "Saturday 28 November 2026, 20:13 UTC</time> (21:13 for you)" in page
    response = ask(client, account=new.pk)
    assert response.status_code == 409
    assert "This payout account is new: it can be used from Saturday 28 November, 20:13 UTC." in text(response)


def test_with_no_account_that_can_be_used_the_page_says_from_when(client, cleo, wednesday):
    account = cleo.payout_accounts.get()
    account.usable_at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    account.save()
    client.cookies["tz"] = "Asia/Kolkata"
    page = text(client.get(WITHDRAW))

    assert "None of your accounts can be used yet" in page and 'name="amount"' not in page
    assert "Wednesday 25 November 2026, 23:30 UTC</time> (Thursday 05:00 for you)" in page
    wednesday.move_to("2026-11-25 23:30Z")
    page = client.get(WITHDRAW)

    assert 'name="amount"' in text(page)


@pytest.mark.parametrize(
    ("above", "words"), [(249_99, "a person at Ovation looks at it first"), (250_00, "not needed")]
)
def test_the_review_says_whether_an_operator_must_approve(client, cleo, above, words):
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, approval_cents=above, reason_given="Look at large ones"
    )
    answer = ask(client)

    assert words in text(answer)


# --- Malformed: 422, with what was typed ----------------------------------------------------------


@pytest.mark.parametrize("amount", NOT_DIGITS + NOT_DOLLARS)
def test_what_is_no_amount_is_not_one(client, cleo, amount):
    response = ask(client, amount)

    assert response.status_code == 422
    assert 'aria-invalid="true"' in text(response)
    assert "<b>250</b>" not in text(response)
    assert not Quote.objects.exists()


@pytest.mark.parametrize("amount", ["250", "250.5", "250.00", "$250.00", " 250 "])
def test_dollars_as_people_write_them(client, cleo, amount):
    answer = ask(client, amount)

    assert answer.status_code == 200


def test_thousands_may_have_their_comma(client, cleo):
    answer = ask(client, "1,000.50")

    assert "$300.00 is available" in text(answer)


@pytest.mark.parametrize("account", ["", "x", "-1", "٣", "1.0", str(2**63), "9" * 40, "1\x00"])
def test_what_is_no_account_number_is_not_one(client, cleo, account):
    response = ask(client, account=account)

    assert response.status_code == 422
    assert 'value="250.00"' in text(response)


@pytest.mark.parametrize("number", ["", "x", "1", "\x00", "3" * 31, "../../etc"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_quote_that_cannot_be_read(client, cleo, number, headers):
    response = client.post(CONFIRM, {"quote": number}, headers=headers)

    assert response.status_code == 422
    assert "Nothing was withdrawn" in text(response)
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("amount", ["nonsense", "99999", "-1", "٣", "0"])
def test_an_amount_in_the_address_is_only_taken_if_it_can_go(client, cleo, amount):
    page = client.get(WITHDRAW, {"amount": amount})

    assert 'value="250.00"' in text(page)


def test_a_good_amount_in_the_address_is_filled_in(client, cleo):
    page = client.get(WITHDRAW, {"amount": "120.50"})

    assert 'maxlength="20" required value="120.50"' in text(page)
