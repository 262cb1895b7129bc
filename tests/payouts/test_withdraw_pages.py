"""Withdrawing, page by page: Amount, Review, Done; with and without htmx; and everything that is typed wrong."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payouts.diamonds import diamond_balance
from payouts.models import PayoutTerms, Quote, Withdrawal
from payouts.sending import send_withdrawals
from payouts.withdrawals import cancel_withdrawal, quote
from tests.factories import PASSWORD, make_payout_account
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.signing_in import let_time_pass, make_second_factor, sign_in_recently

pytestmark = pytest.mark.django_db

WITHDRAW, CONFIRM = "/payouts/withdraw/", "/payouts/withdraw/confirm/"
HTMX = {"HTTP_HX_REQUEST": "true"}
NOT_DIGITS = ["", " ", "-1", "1e5", "NaN", "Infinity", "٣٠٠", "２５０", "0x64", "$", "--", "<b>250</b>", "250\x00"]
NOT_DOLLARS = ["250.001", "250,00", "1,00.00", "2 50", ".5", "250.00.00", "1" * 10, str(2**63), "9" * 5000]


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel("2026-11-25 20:13:05Z", tick=False) as clock:
        yield clock


@pytest.fixture
def cleo(client):
    cleo = make_earner(60_000)
    make_payout_account(cleo, receiver="cleo@example.com")
    sign_in_recently(client, cleo)
    return cleo


def text(response):
    words = " ".join(response.content.decode().split())
    return words.replace("&#x27;", "'")


def ask(client, amount="250.00", account=None, **headers):
    account = Quote.account.field.related_model.objects.get().pk if account is None else account
    return client.post(WITHDRAW, {"amount": amount, "account": account}, **headers)


def quote_in(response):
    return re.search(r'name="quote" value="([0-9a-f-]{36})"', response.content.decode())[1]


# --- The whole way --------------------------------------------------------------------------------


def test_amount_review_done_without_javascript(client, cleo):
    page = text(client.get(WITHDRAW))
    assert 'value="250.00"' in page and "checked" in page
    assert re.findall(r'data-amount="([^"]+)"', page) == ["100.00", "250.00", "300.00"]

    review = ask(client)
    assert review.status_code == 200
    done = client.post(CONFIRM, {"quote": quote_in(review)})
    withdrawal = cleo.withdrawals.get()

    assert (done.status_code, done["Location"]) == (303, f"/payouts/{withdrawal.id}/")
    page = text(client.get(done["Location"]))
    assert '<data id="withdrawal-status" value="requested">' in page
    assert str(withdrawal.id) in page
    assert diamond_balance(cleo) == 10_000


@pytest.mark.once
def test_the_review_says_everything_once_more(client, cleo):
    page = text(ask(client))

    for fact in (
        '<h1 tabindex="-1" autofocus>Withdraw $250.00</h1>',
        "<dd>$250.00</dd>",
        "50,000 diamonds <small>at $0.005, rate since 1 Jan 2025</small>",
        "PayPal <small>c•••@example.com · Portugal</small>",
        "<dt>Ovation’s fee</dt><dd>none</dd>",
        "<dt>PayPal’s own fee</dt><dd><small>PayPal may charge a fee of its own.</small></dd>",
        "<dt>Approval</dt><dd>not needed <small>it goes by itself</small></dd>",
        "by Sat 28 Nov 2026",
        "$750.00 of $1,000.00",
        "20:14:05 UTC",
        '<button class="button wide">Withdraw $250.00</button>',
    ):
        assert fact in page
    assert "cleo@example.com" not in page.replace("c•••@example.com", "")


@pytest.mark.once
def test_the_same_with_htmx_in_fragments(client, cleo):
    review = ask(client, **HTMX)
    assert review.status_code == 200 and b"<html" not in review.content

    done = client.post(CONFIRM, {"quote": quote_in(review)}, **HTMX)

    withdrawal = cleo.withdrawals.get()
    assert (done.status_code, done["HX-Push-Url"]) == (200, f"/payouts/{withdrawal.id}/")
    assert b"<html" not in done.content and b'value="requested"' in done.content


def test_confirming_again_is_the_same_withdrawal(client, cleo):
    number = quote_in(ask(client))
    places = {client.post(CONFIRM, {"quote": number})["Location"] for _ in range(3)}

    assert places == {f"/payouts/{cleo.withdrawals.get().id}/"}
    assert diamond_balance(cleo) == 10_000


def seen_in(response):
    return re.search(r'\?seen=([0-9a-f]{16})"', response.content.decode())[1]


@pytest.mark.once
def test_the_tracker_follows_until_it_is_paid(client, cleo, wednesday):
    withdrawal = withdraw(cleo, 250_00, account=cleo.payout_accounts.get())
    url = f"/payouts/{withdrawal.id}/"

    response = client.get(url)
    seen, page = seen_in(response), text(response)
    assert f'hx-get="{url}?seen={seen}" hx-trigger="every 3s"' in page
    assert "Until then you can cancel." in page and "Cancel this withdrawal" in page
    assert client.get(url, {"seen": seen}, **HTMX).status_code == 204

    send_withdrawals()
    fragment = client.get(url, {"seen": seen}, **HTMX)
    assert fragment.status_code == 200 and b"<html" not in fragment.content
    assert "PayPal has it." in text(fragment)
    assert "It should arrive by Saturday 28 November 2026." in text(fragment)
    assert "Cancel this withdrawal" not in text(fragment)

    seen = seen_in(fragment)
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    page = text(client.get(url, {"seen": seen}, **HTMX))
    assert '<data id="withdrawal-status" value="paid">' in page
    assert "every 3s" not in page
    assert "Sent to PayPal" in page and "Wed 25 Nov 2026, 20:13 UTC" in page


@pytest.mark.once
def test_what_the_service_charged_is_shown_once_it_is_known(client, cleo, wednesday):
    url = f"/payouts/{withdraw(cleo, 250_00).id}/"
    assert "<dt>PayPal’s own fee</dt><dd><small>PayPal may charge a fee of its own.</small>" in text(client.get(url))

    send_withdrawals()
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    assert "<dt>PayPal’s own fee</dt><dd>$0.00</dd>" in text(client.get(url))


@pytest.mark.once
def test_what_is_late_says_so(client, cleo, wednesday):
    withdrawal = withdraw(cleo, receiver="slow@example.com")
    send_withdrawals()
    wednesday.shift(timedelta(days=4))
    sign_in_recently(client, cleo)

    assert "is later than it should be" in text(client.get(f"/payouts/{withdrawal.id}/"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        ("fail@example.com", "The account is closed."),
        ("unknown@example.com", "PayPal couldn’t be reached. Ovation asks again by itself"),
    ],
)
def test_what_went_wrong_is_told_with_its_reason(client, cleo, receiver, words):
    withdrawal = withdraw(cleo, receiver=receiver)
    send_withdrawals()

    assert words in text(client.get(f"/payouts/{withdrawal.id}/"))


# --- Cancelling -----------------------------------------------------------------------------------


def test_cancelling_gives_diamonds_and_week_back(client, cleo):
    withdrawal = withdraw(cleo, 250_00)
    for _ in range(2):
        response = client.post(f"/payouts/{withdrawal.id}/cancel/")
        assert (response.status_code, response["Location"]) == (303, f"/payouts/{withdrawal.id}/")

    assert diamond_balance(cleo) == 60_000
    assert cleo.weekly_allowances.get().used_cents == 0
    assert "Your 50,000 diamonds are back" in text(client.get(f"/payouts/{withdrawal.id}/"))


@pytest.mark.once
def test_cancelling_with_htmx_answers_with_the_tracker(client, cleo):
    withdrawal = withdraw(cleo)
    response = client.post(f"/payouts/{withdrawal.id}/cancel/", **HTMX)

    assert response.status_code == 200
    assert text(response).startswith('<section class="stack" id="tracker"')
    assert 'value="cancelled"' in text(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_being_sent_can_not_be_cancelled(client, cleo, headers):
    withdrawal = withdraw(cleo)
    send_withdrawals()
    response = client.post(f"/payouts/{withdrawal.id}/cancel/", **headers)

    assert response.status_code == 409
    assert "This withdrawal is on the way and can't be cancelled any more." in text(response)
    assert 'value="sent"' in text(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_nobody_claims_is_called_back(client, cleo, wednesday, headers):
    url = f"/payouts/{withdraw(cleo, 250_00, receiver='unclaimed@example.com').id}/"
    send_withdrawals()
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    assert "Call it back" in text(client.get(url))

    response = client.post(f"{url}cancel/", **headers)

    assert response.status_code == (200 if headers else 303)
    assert 'value="returned"' in text(client.get(url))
    assert diamond_balance(cleo) == 60_000
    assert client.post(f"{url}cancel/", **headers).status_code == 409


# --- A recent sign-in -----------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("url", "posted"), [(WITHDRAW, {"amount": "120", "account": "{}"}), (CONFIRM, {"quote": "{quote}"})]
)
def test_five_minutes_after_signing_in_nothing_is_withdrawn_and_what_was_typed_is_kept(client, cleo, url, posted):
    account = cleo.payout_accounts.get()
    one = quote(creator=cleo, account=account, cents=120_00)
    let_time_pass(client)
    posted = {name: value.format(account.pk, quote=one.pk) for name, value in posted.items()}
    typed = f"amount={'120' if url == WITHDRAW else '120.00'}&account={account.pk}&confirmed=1"

    asked = client.post(url, posted)
    assert asked.status_code == 302
    assert asked["Location"] == f"/accounts/reauthenticate/?{urlencode({'next': f'{WITHDRAW}?{typed}'})}"
    asked = client.post(url, posted, **HTMX)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked["HX-Redirect"].startswith("/accounts/reauthenticate/?next=%2Fpayouts%2Fwithdraw%2F%3Famount")
    assert (Quote.objects.count(), Withdrawal.objects.count()) == (1, 0)

    back = client.post(asked["HX-Redirect"], {"password": PASSWORD})
    assert (back.status_code, back["Location"]) == (302, f"{WITHDRAW}?{typed}")
    page = text(client.get(back["Location"]))
    assert "now we know that it is you. Nothing has been withdrawn yet" in page
    assert f'value="{typed[7:].partition("&")[0]}"' in page and "checked" in page
    assert client.post(url, posted).status_code in {200, 303}


@pytest.mark.once
def test_an_amount_that_would_be_refused_is_kept_too_while_it_is_asked_who_you_are(client, cleo):
    let_time_pass(client)
    asked = ask(client, "99999.50")
    back = client.post(asked["Location"], {"password": PASSWORD})["Location"]

    assert 'value="99999.50"' in text(client.get(back))


@pytest.mark.once
def test_a_quote_that_expired_meanwhile_leads_to_the_amount_and_nothing_is_lost(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    wednesday.shift(timedelta(minutes=6))
    back = client.post(client.post(CONFIRM, {"quote": number})["Location"], {"password": PASSWORD})["Location"]

    page = text(client.get(back))
    assert "an earlier quote may have expired" in page and 'value="120.00"' in page
    review = ask(client, "120.00")
    assert client.post(CONFIRM, {"quote": quote_in(review)}).status_code == 303
    assert cleo.withdrawals.get().cents == 120_00


@pytest.mark.once
def test_mallory_with_a_quote_of_cleos_isnt_even_told_its_amount(client, cleo):
    one = quote(creator=cleo, account=cleo.payout_accounts.get(), cents=123_00)
    sign_in_recently(client, make_earner(60_000, "Mallory"), ago=301)

    assert "123" not in client.post(CONFIRM, {"quote": one.pk})["Location"]


@pytest.mark.once
def test_the_page_says_beforehand_that_it_will_be_asked(client, cleo):
    words = "First we ask you to show that it is you"
    assert words not in text(client.get(WITHDRAW))
    let_time_pass(client)
    assert words in text(client.get(WITHDRAW))


@pytest.mark.once
def test_whoever_has_a_second_factor_is_asked_for_it(client, cleo):
    make_second_factor(cleo)
    asked = ask(client)
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    assert not Quote.objects.exists()

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert ask(client).status_code == 302
    sign_in_recently(client, cleo, methods=("password", "mfa"))
    assert ask(client).status_code == 200


# --- Refused: 409, with what was typed ------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("99.99", "The least you can withdraw at once is $100.00."),
        ("0", "The least you can withdraw at once is $100.00."),
        ("1000.01", "You can withdraw $1,000.00 more this week."),
        (
            "300.01",
            "You have 60,000 diamonds ($300.00 at $0.005 each, the rate since 1 January 2025); "
            "this withdrawal needs 60,002.",
        ),
        ("999999999.99", "You can withdraw $1,000.00 more this week."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_rule_that_says_no_keeps_what_was_typed(client, cleo, amount, sentence, headers):
    response = ask(client, amount, **headers)

    assert response.status_code == 409
    assert sentence in text(response)
    assert f'value="{amount}"' in text(response)
    assert not Quote.objects.exists()


@pytest.mark.once
def test_an_expired_quote_is_refused_with_its_amount_in_the_form(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    wednesday.shift(timedelta(seconds=60))
    response = client.post(CONFIRM, {"quote": number})

    assert response.status_code == 409
    assert "This quote has expired" in text(response) and 'value="120.00"' in text(response)
    assert diamond_balance(cleo) == 60_000


@pytest.mark.once
def test_a_removed_account_is_refused(client, cleo):
    account = make_payout_account(cleo, receiver="old@example.com")
    account.removed_at = account.created_at
    account.save()
    response = ask(client, account=account.pk)

    assert response.status_code == 409
    assert "This payout account was removed on 25 November 2026. Choose another one." in text(response)


@pytest.mark.once
def test_an_account_that_waits_is_shown_disabled_with_from_when_and_refused(client, cleo):
    new = make_payout_account(cleo, receiver="new@example.com", usable_at=datetime(2026, 11, 28, 20, 13, tzinfo=UTC))
    client.cookies["tz"] = "Europe/Berlin"
    page = text(client.get(WITHDRAW, {"account": new.pk}))

    assert f'name="account" value="{new.pk}" disabled>' in page
    assert "Saturday 28 November 2026, 20:13 UTC</time> (21:13 for you)" in page
    response = ask(client, account=new.pk)
    assert response.status_code == 409
    assert "This payout account is new: it can be used from Saturday 28 November, 20:13 UTC." in text(response)


@pytest.mark.once
def test_with_no_account_that_can_be_used_the_page_says_from_when(client, cleo, wednesday):
    account = cleo.payout_accounts.get()
    account.usable_at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    account.save()
    client.cookies["tz"] = "Asia/Kolkata"
    page = text(client.get(WITHDRAW))

    assert "None of your accounts can be used yet" in page and 'name="amount"' not in page
    assert "Wednesday 25 November 2026, 23:30 UTC</time> (Thursday 05:00 for you)" in page
    wednesday.move_to("2026-11-25 23:30Z")
    assert 'name="amount"' in text(client.get(WITHDRAW))


@pytest.mark.once
@pytest.mark.parametrize(
    ("above", "words"), [(249_99, "a person at Ovation looks at it first"), (250_00, "not needed")]
)
def test_the_review_says_whether_an_operator_must_approve(client, cleo, above, words):
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, approval_cents=above, reason_given="Look at large ones"
    )
    assert words in text(ask(client))


# --- Malformed: 422, with what was typed ----------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("amount", NOT_DIGITS + NOT_DOLLARS)
def test_what_is_no_amount_is_not_one(client, cleo, amount):
    response = ask(client, amount)

    assert response.status_code == 422
    assert 'aria-invalid="true"' in text(response)
    assert "<b>250</b>" not in text(response)
    assert not Quote.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("amount", ["250", "250.5", "250.00", "$250.00", " 250 "])
def test_dollars_as_people_write_them(client, cleo, amount):
    assert ask(client, amount).status_code == 200


@pytest.mark.once
def test_thousands_may_have_their_comma(client, cleo):
    assert "You can withdraw" in text(ask(client, "1,000.50"))


@pytest.mark.once
@pytest.mark.parametrize("account", ["", "x", "-1", "٣", "1.0", str(2**63), "9" * 40, "1\x00"])
def test_what_is_no_account_number_is_not_one(client, cleo, account):
    response = ask(client, account=account)

    assert response.status_code == 422
    assert 'value="250.00"' in text(response)


@pytest.mark.once
@pytest.mark.parametrize("number", ["", "x", "1", "\x00", "3" * 31, "../../etc"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_quote_that_cannot_be_read(client, cleo, number, headers):
    response = client.post(CONFIRM, {"quote": number}, **headers)

    assert response.status_code == 422
    assert "Nothing was withdrawn" in text(response)
    assert not Withdrawal.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("amount", ["nonsense", "99999", "-1", "٣", "0"])
def test_an_amount_in_the_address_is_only_taken_if_it_can_go(client, cleo, amount):
    assert 'value="250.00"' in text(client.get(WITHDRAW, {"amount": amount}))


@pytest.mark.once
def test_a_good_amount_in_the_address_is_filled_in(client, cleo):
    assert 'maxlength="20" required value="120.50"' in text(client.get(WITHDRAW, {"amount": "120.50"}))


# --- Nothing to choose from -----------------------------------------------------------------------


@pytest.mark.once
def test_without_a_payout_account_the_way_leads_there_and_back(client):
    sign_in_recently(client, make_earner(60_000))
    page = text(client.get(WITHDRAW))

    assert 'href="/payouts/accounts/?to_withdraw=1"' in page
    assert 'name="amount"' not in page


@pytest.mark.once
def test_when_nothing_can_go_there_is_no_form_but_the_rule(client):
    cleo = make_earner(19_999)
    make_payout_account(cleo)
    sign_in_recently(client, cleo)
    page = text(client.get(WITHDRAW))

    assert "The least you can withdraw at once is $100.00. You have $99.99, so $0.01 more is needed." in page
    assert 'name="amount"' not in page
    assert ask(client, "100.00").status_code == 409


# --- Mallory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_mallory_sees_and_moves_nothing_of_cleos(client, cleo, headers):
    withdrawal = withdraw(cleo)
    account = cleo.payout_accounts.first()
    one = quote(creator=cleo, account=account, cents=100_00)
    sign_in_recently(client, make_earner(60_000, "Mallory"))

    for response in (
        client.get(f"/payouts/{withdrawal.id}/", **headers),
        client.post(f"/payouts/{withdrawal.id}/cancel/", **headers),
        client.post(CONFIRM, {"quote": one.id}, **headers),
        client.post(CONFIRM, {"quote": withdrawal.quote_id}, **headers),
        client.post(CONFIRM, {"quote": uuid4()}, **headers),
        client.post(WITHDRAW, {"amount": "100.00", "account": account.pk}, **headers),
        client.post(WITHDRAW, {"amount": "100.00", "account": 10**17}, **headers),
        client.get(f"/payouts/{uuid4()}/", **headers),
    ):
        assert response.status_code == 404
    assert Withdrawal.objects.get().status == "requested"


@pytest.mark.once
@pytest.mark.parametrize("url", [WITHDRAW, CONFIRM, "/payouts/accounts/", f"/payouts/{uuid4()}/"])
def test_nobody_gets_in_without_signing_in(client, url):
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.once
def test_whoever_logs_in_after_pressing_a_button_lands_on_its_page(client, cleo):
    number = uuid4()
    for address, page in [(CONFIRM, WITHDRAW), (f"/payouts/{number}/cancel/", f"/payouts/{number}/")]:
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, page)


@pytest.mark.once
def test_wrong_methods(client, cleo):
    assert client.put(WITHDRAW).status_code == 405
    assert client.post(f"/payouts/{uuid4()}/").status_code == 405


@pytest.mark.once
def test_a_form_without_its_token_is_refused(cleo):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sign_in_recently(strict, cleo)

    assert ask(strict).status_code == 403
    assert not Quote.objects.exists()


# --- Statements -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_writes_nothing(client, cleo, method):
    withdrawal = withdraw(cleo)
    for url in ("/payouts/", WITHDRAW, "/payouts/accounts/", f"/payouts/{withdrawal.id}/"):
        with CaptureQueriesContext(connection) as queries:
            assert getattr(client, method)(url).status_code == 200
        assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.parametrize("accounts", [1, 3])
def test_seven_statements_however_many_accounts(client, cleo, django_assert_num_queries, accounts):
    for number in range(accounts - 1):
        make_payout_account(cleo, receiver=f"{number}@example.com")

    with django_assert_num_queries(7):
        page = client.get(WITHDRAW).content.decode()
    assert page.count('name="account"') == accounts


def test_eight_statements_for_one_withdrawal_and_six_for_its_poll(client, cleo, django_assert_num_queries):
    url = f"/payouts/{withdraw(cleo).id}/"
    send_withdrawals()

    with django_assert_num_queries(8):
        page = client.get(url)
    with django_assert_num_queries(6):
        assert client.get(url, {"seen": seen_in(page)}, **HTMX).status_code == 204


@pytest.mark.once
def test_the_back_button_brings_the_whole_page_and_not_its_fragment(client, cleo):
    restoring = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    for address in ("/payouts/withdraw/", f"/payouts/{withdraw(cleo).id}/"):
        response = client.get(address, headers=restoring)
        assert response.content.decode().startswith("<!doctype html>")
        assert "HX-Request" in response["Vary"]


@pytest.mark.once
def test_what_came_back_is_no_longer_called_received(client, cleo):
    withdrawal = withdraw(cleo)
    assert "<dt>You receive</dt>" in client.get(f"/payouts/{withdrawal.id}/").content.decode()
    cancel_withdrawal(withdrawal, by="cleo@example.com")
    assert "<dt>You asked for</dt>" in client.get(f"/payouts/{withdrawal.id}/").content.decode()
