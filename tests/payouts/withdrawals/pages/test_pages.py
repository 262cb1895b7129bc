"""Withdrawing, page by page: Amount, Review, Done; with and without htmx."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payouts.diamonds import diamond_balance
from payouts.models import Quote, Withdrawal
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.withdrawals import quote
from tests.factories import make_payout_account
from tests.htmx import HTMX
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.signing_in import sign_in_recently
from tests.payouts.withdrawals.pages.asking import CONFIRM, WITHDRAW, ask, quote_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


def test_the_same_with_htmx_in_fragments(client, cleo):
    review = ask(client, headers=HTMX)
    assert review.status_code == 200 and b"<html" not in review.content

    done = client.post(CONFIRM, {"quote": quote_in(review)}, headers=HTMX)

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


def test_the_tracker_follows_until_it_is_paid(client, cleo, wednesday):
    withdrawal = withdraw(cleo, 250_00, account=cleo.payout_accounts.get())
    url = f"/payouts/{withdrawal.id}/"

    response = client.get(url)
    seen, page = seen_in(response), text(response)
    assert f'data-again="3" data-from="{url}?seen={seen}"' in page
    assert "Until then you can cancel." in page and "Cancel this withdrawal" in page

    page = client.get(url, {"seen": seen}, headers=HTMX)

    assert page.status_code == 204

    send_withdrawals()
    fragment = client.get(url, {"seen": seen}, headers=HTMX)
    assert fragment.status_code == 200 and b"<html" not in fragment.content
    assert "PayPal has it." in text(fragment)
    assert "It should arrive by Saturday 28 November 2026." in text(fragment)
    assert "Cancel this withdrawal" not in text(fragment)

    seen = seen_in(fragment)
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    page = text(client.get(url, {"seen": seen}, headers=HTMX))
    assert '<data id="withdrawal-status" value="paid">' in page
    assert "data-again" not in page
    assert "Sent to PayPal" in page and "Wed 25 Nov 2026, 20:13 UTC" in page


def test_what_the_service_charged_is_shown_once_it_is_known(client, cleo, wednesday):
    url = f"/payouts/{withdraw(cleo, 250_00).id}/"
    page = client.get(url)

    assert "<dt>PayPal’s own fee</dt><dd><small>PayPal may charge a fee of its own.</small>" in text(page)

    send_withdrawals()
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    page = client.get(url)

    assert "<dt>PayPal’s own fee</dt><dd>$0.00</dd>" in text(page)


def test_what_is_late_says_so(client, cleo, wednesday):
    withdrawal = withdraw(cleo, receiver="slow@example.com")
    send_withdrawals()
    wednesday.shift(timedelta(days=4))
    sign_in_recently(client, cleo)

    page = client.get(f"/payouts/{withdrawal.id}/")

    assert "is later than it should be" in text(page)


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

    page = client.get(f"/payouts/{withdrawal.id}/")

    assert words in text(page)


# --- Nothing to choose from -----------------------------------------------------------------------


def test_without_a_payout_account_the_way_leads_there_and_back(client):
    sign_in_recently(client, make_earner(60_000))
    page = text(client.get(WITHDRAW))

    assert 'href="/payouts/accounts/?to_withdraw=1"' in page
    assert 'name="amount"' not in page


def test_when_nothing_can_go_there_is_no_form_but_the_rule(client):
    cleo = make_earner(19_999)
    make_payout_account(cleo)
    sign_in_recently(client, cleo)
    page = text(client.get(WITHDRAW))

    assert "The least you can withdraw at once is $100.00. You have $99.99, so $0.01 more is needed." in page
    assert 'name="amount"' not in page

    answer = ask(client, "100.00")

    assert answer.status_code == 409


# --- Mallory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_mallory_sees_and_moves_nothing_of_cleos(client, cleo, headers):
    withdrawal = withdraw(cleo)
    account = cleo.payout_accounts.first()
    one = quote(creator=cleo, account=account, cents=100_00)
    sign_in_recently(client, make_earner(60_000, "Mallory"))

    for response in (
        client.get(f"/payouts/{withdrawal.id}/", headers=headers),
        client.post(f"/payouts/{withdrawal.id}/cancel/", headers=headers),
        client.post(CONFIRM, {"quote": one.id}, headers=headers),
        client.post(CONFIRM, {"quote": withdrawal.quote_id}, headers=headers),
        client.post(CONFIRM, {"quote": uuid4()}, headers=headers),
        client.post(WITHDRAW, {"amount": "100.00", "account": account.pk}, headers=headers),
        client.post(WITHDRAW, {"amount": "100.00", "account": 10**17}, headers=headers),
        client.get(f"/payouts/{uuid4()}/", headers=headers),
    ):
        assert response.status_code == 404
    assert Withdrawal.objects.get().status == "requested"


@pytest.mark.parametrize("url", [WITHDRAW, CONFIRM, "/payouts/accounts/", f"/payouts/{uuid4()}/"])
def test_nobody_gets_in_without_signing_in(client, url):
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_whoever_logs_in_after_pressing_a_button_lands_on_its_page(client, cleo):
    number = uuid4()
    for address, page in [(CONFIRM, WITHDRAW), (f"/payouts/{number}/cancel/", f"/payouts/{number}/")]:
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, page)


def test_other_methods_than_the_pages_own_are_405(client, cleo):
    statuses = [client.put(WITHDRAW).status_code, client.post(f"/payouts/{uuid4()}/").status_code]

    assert statuses == [405, 405]


def test_a_form_without_its_token_is_refused(cleo):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sign_in_recently(strict, cleo)

    answer = ask(strict)

    assert answer.status_code == 403
    assert not Quote.objects.exists()


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_writes_nothing(client, cleo, method):
    withdrawal = withdraw(cleo)
    for url in ("/payouts/", WITHDRAW, "/payouts/accounts/", f"/payouts/{withdrawal.id}/"):
        with CaptureQueriesContext(connection) as queries:
            assert getattr(client, method)(url).status_code == 200
        assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.parametrize("accounts", [1, 3])
def test_seven_queries_however_many_accounts(client, cleo, django_assert_num_queries, accounts):
    for number in range(accounts - 1):
        make_payout_account(cleo, receiver=f"{number}@example.com")

    with django_assert_num_queries(7):
        page = client.get(WITHDRAW).content.decode()
    assert page.count('name="account"') == accounts


def test_seven_queries_for_one_withdrawal_and_five_for_its_poll(client, cleo, django_assert_num_queries):
    url = f"/payouts/{withdraw(cleo).id}/"
    send_withdrawals()

    with django_assert_num_queries(7):
        page = client.get(url)
    with django_assert_num_queries(5):
        shown = client.get(url, {"seen": seen_in(page)}, headers=HTMX)

    assert shown.status_code == 204


def test_the_back_button_brings_the_whole_page_and_not_its_fragment(client, cleo):
    restoring = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    for address in ("/payouts/withdraw/", f"/payouts/{withdraw(cleo).id}/"):
        response = client.get(address, headers=restoring)
        assert response.content.decode().startswith("<!doctype html>")
        assert "HX-Request" in response["Vary"]
