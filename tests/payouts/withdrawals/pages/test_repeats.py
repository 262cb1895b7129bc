"""A confirmed quote leads to its withdrawal from every page, at any time. Its words come from the books."""

from datetime import timedelta
from uuid import uuid4

import pytest

from payouts.diamonds import diamond_balance
from payouts.models import Quote
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.withdrawals import quote
from tests.factories import PASSWORD, make_payout_account
from tests.htmx import HTMX
from tests.payouts.earning import earn, make_earner, withdraw
from tests.payouts.signing_in import let_time_pass, sign_in_recently
from tests.payouts.withdrawals.pages.asking import CONFIRM, WITHDRAW, ask, quote_in, text

pytestmark = pytest.mark.django_db
DENIALS = ["Nothing has been withdrawn", "Nothing was withdrawn", "nothing was withdrawn", "hasn’t been withdrawn"]


@pytest.fixture
def confirmed(client, cleo):
    """The number of a quote of $250.00 that Cleo has confirmed."""
    number = quote_in(ask(client))
    client.post(CONFIRM, {"quote": number})
    return number


def place_of(cleo):
    return f"/payouts/{cleo.withdrawals.get().id}/"


@pytest.mark.parametrize("minutes", [0, 4, 6, 60 * 24 * 40])
def test_a_repeat_needs_no_sign_in_of_the_last_minutes(client, cleo, confirmed, wednesday, minutes):
    wednesday.shift(timedelta(minutes=minutes))
    sign_in_recently(client, cleo, ago=60 * minutes)

    plain = client.post(CONFIRM, {"quote": confirmed})
    fragment = client.post(CONFIRM, {"quote": confirmed}, headers=HTMX)

    assert (plain.status_code, plain["Location"]) == (303, place_of(cleo))
    assert (fragment.status_code, fragment["HX-Push-Url"]) == (200, place_of(cleo))
    assert "HX-Redirect" not in fragment and "$250.00 to PayPal" in text(fragment)
    assert (cleo.withdrawals.count(), diamond_balance(cleo)) == (1, 10_000)


@pytest.mark.parametrize("became", ["requested", "sent", "paid", "cancelled"])
def test_a_repeat_leads_there_whatever_became_of_it(client, cleo, confirmed, wednesday, became):
    if became == "cancelled":
        client.post(f"{place_of(cleo)}cancel/")
    for _ in range({"sent": 1, "paid": 2}.get(became, 0)):
        send_withdrawals()
        wednesday.shift(timedelta(seconds=10))
    assert cleo.withdrawals.get().status == became

    answer = client.post(CONFIRM, {"quote": confirmed})

    assert answer["Location"] == place_of(cleo)


@pytest.mark.once
def test_review_again_of_a_quote_that_was_confirmed_leads_to_its_withdrawal(client, cleo, confirmed):
    """The reply to the confirmation may be lost: the page then still offers to review the amount again."""
    posted = {"quote": confirmed, "amount": "250.00", "account": cleo.payout_accounts.get().pk}
    let_time_pass(client)

    answer = client.post(WITHDRAW, posted)

    assert answer["Location"] == place_of(cleo)

    answer = client.post(WITHDRAW, posted, headers=HTMX)

    assert answer["HX-Push-Url"] == place_of(cleo)
    assert Quote.objects.count() == 1


@pytest.mark.once
def test_review_again_of_a_quote_that_was_not_confirmed_makes_a_new_one(client, cleo):
    number = quote_in(ask(client))
    posted = {"quote": number, "amount": "250.00", "account": cleo.payout_accounts.get().pk}

    answer = client.post(WITHDRAW, posted)

    assert quote_in(answer) != number


@pytest.mark.once
@pytest.mark.parametrize(
    "address", ["{withdraw}?quote={quote}", "{withdraw}?quote={quote}&confirmed=1", "{confirm}?quote={quote}"]
)
def test_addresses_of_a_confirmed_quote_lead_to_its_withdrawal(client, cleo, confirmed, address):
    address = address.format(withdraw=WITHDRAW, confirm=CONFIRM, quote=confirmed)
    restoring = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    for headers in ({}, restoring):
        page = client.get(address, headers=headers, follow=True)
        assert page.redirect_chain[-1][0] == place_of(cleo)
        assert text(page).startswith("<!doctype html>") and 'id="withdrawal-status" value="requested"' in text(page)


@pytest.mark.once
def test_who_was_logged_out_comes_to_the_withdrawal_after_the_log_in(client, cleo, confirmed):
    client.logout()

    asked = client.post(f"{CONFIRM}?quote={confirmed}", {"quote": confirmed})
    assert asked["Location"].startswith("/accounts/login/?next=/payouts/withdraw/confirm/%3Fquote%3D")
    page = client.post(asked["Location"], {"login": cleo.email, "password": PASSWORD}, follow=True)

    assert page.redirect_chain[-1][0] == place_of(cleo)


@pytest.mark.once
def test_after_showing_who_one_is_the_address_says_nothing_about_money(client, cleo, wednesday):
    """`confirmed=1` stays in the address, and the browser's Back opens it again after the withdrawal."""
    let_time_pass(client)
    wednesday.shift(timedelta(seconds=1))
    back = client.post(ask(client)["Location"], {"password": PASSWORD})["Location"]
    page = text(client.get(back))

    assert "confirmed=1" in back
    assert "Thank you, now we know that it is you." in page

    wednesday.shift(timedelta(seconds=1))
    client.post(CONFIRM, {"quote": quote_in(ask(client))})

    page = text(client.get(back))

    assert "Thank you" not in page and not any(words in page for words in DENIALS)
    assert f'<h2>Your last withdrawal</h2></header><ul class="rows"><li><a class="row" href="{place_of(cleo)}">' in page


@pytest.mark.once
@pytest.mark.parametrize("kept", ["amount=110&account={account}&confirmed=1", "quote={quote}"])
def test_an_address_alone_thanks_nobody_for_showing_who_they_are(client, cleo, wednesday, kept):
    number = quote_in(ask(client, "110"))
    wednesday.shift(timedelta(minutes=10))
    sign_in_recently(client, cleo)
    address = f"{WITHDRAW}?{kept.format(account=cleo.payout_accounts.get().pk, quote=number)}"

    signed_in = text(client.get(address))
    let_time_pass(client)
    ask(client)
    asked_only = text(client.get(address))

    assert "Thank you" not in signed_in + asked_only


@pytest.mark.once
def test_one_is_thanked_once_for_showing_who_one_is(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    let_time_pass(client)
    back = client.post(client.post(CONFIRM, {"quote": number})["Location"], {"password": PASSWORD})["Location"]

    first, again = text(client.get(back)), text(client.get(back))

    assert ("Thank you" in first, "Thank you" in again) == (True, False)


@pytest.mark.once
def test_the_quote_says_that_nothing_was_withdrawn_on_it_only_when_it_expired_unconfirmed(client, cleo, wednesday):
    number = quote_in(ask(client, "120"))
    address = f"{WITHDRAW}?quote={number}"
    wednesday.shift(timedelta(seconds=18))

    page = text(client.get(address))
    assert "Withdraw $120.00</h1>" in page and "holds for <span data-quote-left>42 seconds</span>" in page
    wednesday.shift(timedelta(seconds=42))
    page = text(client.get(address))

    assert "The quote of $120.00 held until" in page and "Nothing was withdrawn on it." in page
    assert 'value="120.00"' in page and "Your last withdrawal" not in page


@pytest.mark.once
def test_amount_and_review_show_the_last_withdrawal_as_it_is_now(client, cleo, wednesday):
    withdrawal = withdraw(cleo, 100_00, account=cleo.payout_accounts.get())
    for name in ("Requested", "On the way", "Paid"):
        for page in (text(client.get(WITHDRAW)), text(ask(client, "100.00"))):
            shown = page[page.index("Your last withdrawal") :].partition("</section>")[0]
            assert "$100.00 to PayPal" in shown and "c•••@example.com" in shown and f"{name}</span>" in shown
            assert f'href="/payouts/{withdrawal.id}/"' in shown
        send_withdrawals()
        wednesday.shift(timedelta(seconds=10))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_quote_of_somebody_else_is_none(client, cleo, confirmed, headers):
    earn(cleo.creator, 20_000)
    open_one = quote(creator=cleo, account=cleo.payout_accounts.get(), cents=100_00)
    mallory = make_earner(60_000, "Mallory")
    make_payout_account(mallory)
    sign_in_recently(client, mallory)

    for number in (confirmed, open_one.pk, uuid4()):
        answer = client.post(CONFIRM, {"quote": number}, headers=headers)

        assert answer.status_code == 404

        page = client.get(WITHDRAW, {"quote": number}, headers=headers)
        assert page.status_code == 200 and "How much?" in text(page) and "The quote of" not in text(page)


@pytest.mark.parametrize("number", ["", "x", "1" * 5000, "\x00", "../../etc"])
def test_a_quote_in_the_address_that_is_none_is_left_out(client, cleo, number):
    page = client.get(WITHDRAW, {"quote": number})

    assert "How much?" in text(page)

    page = client.get(CONFIRM, {"quote": number}, follow=True)

    assert page.status_code == 200
