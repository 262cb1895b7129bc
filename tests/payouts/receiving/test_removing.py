"""Payout accounts are removed from the page while their withdrawals keep them; a stolen session removes none."""

import pytest

from payouts.models import Withdrawal
from payouts.receiving.accounts import remove_payout_account
from payouts.withdrawals.sending import send_withdrawals
from tests.factories import PASSWORD, make_payout_account, make_user
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.receiving.adding import GOOD, PAGE, add, sign_in
from tests.payouts.signing_in import let_time_pass, make_second_factor

pytestmark = pytest.mark.django_db


# --- Removing -------------------------------------------------------------------------------------


def test_a_removed_account_is_out_of_sight_and_its_withdrawals_keep_it(client):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo)
    sign_in(client, cleo)

    for _ in range(2):
        response = client.post(f"{PAGE}{withdrawal.account_id}/remove/")
        assert (response.status_code, response["Location"]) == (303, PAGE)

    page = client.get(PAGE)

    assert "data-payout-account" not in page.content.decode()
    assert cleo.notices.filter(text__contains="was removed").count() == 1
    send_withdrawals()
    assert Withdrawal.objects.get().status == "sent"

    page = client.get(f"/payouts/{withdrawal.id}/")

    assert "c•••@example.com" in page.content.decode()


def test_a_removed_account_can_be_added_anew(client, cleo):
    add(client)
    remove_payout_account(cleo.payout_accounts.get())

    answer = add(client)

    assert answer.status_code == 303
    assert cleo.payout_accounts.filter(removed_at=None).count() == 1
    assert cleo.payout_accounts.count() == 2


@pytest.mark.parametrize("number", ["{}", "999999", str(2**63), "9" * 40])
def test_nobody_removes_the_account_of_somebody_else(client, cleo, number):
    nova = make_payout_account(make_user("Nova"))

    answer = client.post(f"{PAGE}{number.format(nova.pk)}/remove/")

    assert answer.status_code == 404

    nova.refresh_from_db()
    assert nova.removed_at is None


def test_reading_removes_nothing(client, cleo):
    account = make_payout_account(cleo)

    response = client.get(f"{PAGE}{account.pk}/remove/")
    assert (response.status_code, response["Location"]) == (302, PAGE)

    answer = client.put(PAGE)

    assert answer.status_code == 405

    account.refresh_from_db()
    assert account.removed_at is None


# --- A stolen session is not enough ---------------------------------------------------------------


@pytest.mark.once
def test_five_minutes_after_signing_in_the_password_is_asked_again(client, cleo):
    account = make_payout_account(cleo)
    let_time_pass(client)

    page = client.get(PAGE)

    assert page.status_code == 200

    for response in (add(client, receiver="mallory@example.com"), client.post(f"{PAGE}{account.pk}/remove/")):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/reauthenticate/")
    assert cleo.payout_accounts.filter(removed_at=None).get() == account


@pytest.mark.once
def test_whoever_has_a_second_factor_is_asked_for_it_and_the_password_isnt_enough(client, cleo):
    make_second_factor(cleo)
    account = make_payout_account(cleo)

    for url, fields in ((PAGE, {**GOOD, "receiver": "mallory@example.com"}), (f"{PAGE}{account.pk}/remove/", {})):
        asked = client.post(url, fields)
        assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")
        again = client.post(f"/accounts/reauthenticate/?next={url}", {"password": PASSWORD})
        assert again["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert cleo.payout_accounts.filter(removed_at=None).get() == account


@pytest.mark.once
def test_with_the_password_what_was_asked_for_is_done(client, cleo):
    let_time_pass(client)
    asked = add(client)

    response = client.post(asked["Location"], {"password": PASSWORD})

    assert response.status_code == 303
    assert cleo.payout_accounts.get().receiver == "cleo@example.com"
