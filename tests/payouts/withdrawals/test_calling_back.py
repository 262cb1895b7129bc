"""Unclaimed payouts are called back once; and the services of the chosen provider."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.diamonds import diamond_balance
from payouts.models import PayoutService
from payouts.receiving.providers import is_offered, services_offered
from payouts.withdrawals.sending import call_back_withdrawal, can_be_called_back, send_withdrawals
from payouts.withdrawals.withdrawals import WithdrawalRefused
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.withdrawals.steps import statuses

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=6)


@pytest.fixture
def unclaimed():
    """Cleo's $100.00, unclaimed at the sandbox."""
    withdrawal = withdraw(make_earner(20_000), receiver="unclaimed@example.com")
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    withdrawal.refresh_from_db()
    return withdrawal


def test_what_nobody_has_claimed_is_called_back_once(unclaimed):
    assert can_be_called_back(unclaimed)

    for _ in range(2):
        back = call_back_withdrawal(unclaimed, by="cleo@example.com")
        assert (back.status, back.ask_now) == ("returned", False)

    assert statuses(unclaimed) == ["requested", "sent", "returned"]
    assert diamond_balance(unclaimed.creator) == 20_000
    assert list(unclaimed.reports.values_list("status", "why"))[-2:] == [
        ("CALL_BACK", "Called back by cleo@example.com"),
        ("RETURNED", "Called back before it was claimed."),
    ]


@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        ("slow@example.com", "This withdrawal isn't waiting to be claimed any more: PayPal has it in hand."),
        ("cleo@example.com", "This withdrawal is paid; only one that lies at PayPal unclaimed can be called back."),
        ("fail@example.com", "This withdrawal is failed; only one that lies at PayPal unclaimed can be called back."),
    ],
)
def test_what_is_not_unclaimed_is_not_called_back(receiver, words):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver=receiver)
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    before, diamonds = statuses(withdrawal), diamond_balance(cleo)

    with pytest.raises(WithdrawalRefused) as refusal:
        call_back_withdrawal(withdrawal, by="cleo@example.com")

    assert str(refusal.value) == words
    assert (statuses(withdrawal), diamond_balance(cleo)) == (before, diamonds)
    assert not withdrawal.reports.filter(status="CALL_BACK").exists()


@pytest.fixture
def unclaimed_at_paypal(paypal):
    paypal.bank.outcomes = {"UNCLAIMED": 1}
    withdrawal = withdraw(make_earner(20_000))
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    withdrawal.refresh_from_db()
    return withdrawal


def test_paypal_gives_back_what_nobody_has_claimed(paypal, unclaimed_at_paypal):
    back = call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")

    assert (back.status, back.provider_status) == ("returned", "RETURNED")
    assert back.steps.last().why == "Called back before anybody claimed it."
    assert diamond_balance(back.creator) == 20_000


@pytest.mark.parametrize("fault", ["cut-after", "hang-after", "503-after", "garbage-after"])
def test_a_call_back_whose_answer_got_lost_is_looked_up(paypal, unclaimed_at_paypal, fault, break_next):
    break_next("cancel", fault)

    called_back = call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")

    assert called_back.status == "returned"
    assert paypal.bank.requests["cancel"] == 1


def test_a_call_back_that_nobody_answers_says_so_and_the_worker_finds_out(paypal, unclaimed_at_paypal, break_next):
    break_next("cancel", "cut-after")
    break_next("item", "503-before", "503-before")

    with pytest.raises(WithdrawalRefused, match="gave no answer, so it may be back or not"):
        call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")
    assert diamond_balance(unclaimed_at_paypal.creator) == 0

    send_withdrawals(now=timezone.now() + 2 * SOON)
    unclaimed_at_paypal.refresh_from_db()
    assert unclaimed_at_paypal.status == "returned"
    assert diamond_balance(unclaimed_at_paypal.creator) == 20_000


def test_what_was_claimed_a_moment_ago_is_paid_and_not_called_back(paypal, unclaimed_at_paypal):
    paypal.bank.set_status(unclaimed_at_paypal.id, "SUCCESS")

    with pytest.raises(WithdrawalRefused, match="This withdrawal is paid"):
        call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")

    assert paypal.bank.totals()["paid"] == {str(unclaimed_at_paypal.id): 100_00}
    assert diamond_balance(unclaimed_at_paypal.creator) == 0


# --- Which services -----------------------------------------------------------------------------------


def test_the_sandbox_offers_every_approved_service():
    assert {service.slug for service in services_offered()} == set(
        PayoutService.objects.filter(is_approved=True).values_list("slug", flat=True)
    )
    assert len(services_offered()) > 1


def test_paypal_offers_paypal_alone(paypal):
    assert [service.slug for service in services_offered()] == ["paypal"]
    offered = [service.slug for service in PayoutService.objects.all() if is_offered(service, "PT")]
    assert offered == ["paypal"]
