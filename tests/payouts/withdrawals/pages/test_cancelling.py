"""A withdrawal is cancelled, or called back from the provider, on its page; with and without htmx."""

from datetime import timedelta

import pytest

from payouts.diamonds import diamond_balance
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.htmx import HTMX
from tests.payouts.earning import withdraw
from tests.payouts.withdrawals.pages.asking import text

pytestmark = pytest.mark.django_db


# --- Cancelling -----------------------------------------------------------------------------------


def test_cancelling_gives_diamonds_and_week_back(client, cleo):
    withdrawal = withdraw(cleo, 250_00)
    for _ in range(2):
        response = client.post(f"/payouts/{withdrawal.id}/cancel/")
        assert (response.status_code, response["Location"]) == (303, f"/payouts/{withdrawal.id}/")

    assert diamond_balance(cleo) == 60_000
    assert cleo.weekly_allowances.get().used_cents == 0

    page = client.get(f"/payouts/{withdrawal.id}/")

    assert "Your 50,000 diamonds are back" in text(page)


def test_cancelling_with_htmx_answers_with_the_tracker(client, cleo):
    withdrawal = withdraw(cleo)
    response = client.post(f"/payouts/{withdrawal.id}/cancel/", headers=HTMX)

    assert response.status_code == 200
    assert text(response).startswith('<section class="stack" id="tracker"')
    assert 'value="cancelled"' in text(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_being_sent_can_not_be_cancelled(client, cleo, headers):
    withdrawal = withdraw(cleo)
    send_withdrawals()
    response = client.post(f"/payouts/{withdrawal.id}/cancel/", headers=headers)

    assert response.status_code == 409
    assert "This withdrawal is on the way and can't be cancelled any more." in text(response)
    assert 'value="sent"' in text(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_nobody_claims_is_called_back(client, cleo, wednesday, headers):
    url = f"/payouts/{withdraw(cleo, 250_00, receiver='unclaimed@example.com').id}/"
    send_withdrawals()
    wednesday.shift(timedelta(seconds=10))
    send_withdrawals()
    page = client.get(url)

    assert "Call it back" in text(page)

    response = client.post(f"{url}cancel/", headers=headers)

    assert response.status_code == (200 if headers else 303)

    page = client.get(url)

    assert 'value="returned"' in text(page)
    assert diamond_balance(cleo) == 60_000

    answer = client.post(f"{url}cancel/", headers=headers)

    assert answer.status_code == 409


def test_what_came_back_is_no_longer_called_received(client, cleo):
    withdrawal = withdraw(cleo)
    page = client.get(f"/payouts/{withdrawal.id}/")

    assert "<dt>You receive</dt>" in page.content.decode()

    cancel_withdrawal(withdrawal, by="cleo@example.com")
    page = client.get(f"/payouts/{withdrawal.id}/")

    assert "<dt>You asked for</dt>" in page.content.decode()
