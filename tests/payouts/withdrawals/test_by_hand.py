"""Otto and Lena close by hand what the provider left open: marked as paid, given back, acknowledged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.diamonds import diamond_balance, held_of
from payouts.gateways import Answer, PayoutAnswer
from payouts.models import Withdrawal
from payouts.withdrawals import approvals
from payouts.withdrawals.approvals import acknowledge, approve_withdrawal, give_back, mark_as_paid
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import record_answer
from tests.operator import latest_history
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import (
    contradicts,
    fresh,
    has_unknown_status,
    let_approve,
    never_answered,
    waits_for_approval,
)
from tests.payouts.withdrawals.refusing import refused
from wallet import ledger

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


# --- Conclude by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize("waits", [has_unknown_status, never_answered])
def test_marked_as_paid_lets_the_diamonds_go_and_keeps_the_reference(otto, waits):
    withdrawal = waits()
    mark_as_paid(withdrawal, by=otto, why="Seen in the console.", reference="\u200b 8XK2\u00a0")

    assert (fresh(withdrawal).status, withdrawal.attention) == ("paid", "")
    assert ledger.balance(held_of(withdrawal.creator)) == 0
    assert diamond_balance(withdrawal.creator) == 0
    step = withdrawal.steps.last()
    assert (step.by, step.why) == (otto.email, "Paid, the provider's reference is 8XK2")
    expected = "8XK2" if waits is never_answered else f"sandbox-{withdrawal.id}"
    assert withdrawal.provider_reference == expected
    who, said = latest_history()
    assert (who, said) == ("Otto", "Paid by the provider, reference 8XK2, 1 of 1. Reason: Seen in the console.")


def test_above_the_second_amount_two_operators_name_the_same_reference(otto, lena):
    let_approve(above=None, two_above=500_00)
    withdrawal = make_strange_after_approval(600_00, otto, lena)
    for _ in range(2):
        mark_as_paid(withdrawal, by=otto, why="Seen.", reference="R1")
    mark_as_paid(withdrawal, by=lena, why="Seen.", reference="R2")
    assert (fresh(withdrawal).status, withdrawal.attention) == ("sent", "unknown-status")
    assert ledger.balance(held_of(withdrawal.creator)) == 120_000

    mark_as_paid(withdrawal, by=lena, why="Mistyped.", reference="R1")
    assert fresh(withdrawal).status == "paid"
    assert [one.event for one in approvals.operators_reports(withdrawal)] == ["PAID:R1", "PAID:R2", "PAID:R1"]


def test_above_the_second_amount_two_operators_say_that_it_was_not_paid(otto, lena):
    let_approve(above=None, two_above=500_00)
    withdrawal = make_strange_after_approval(600_00, otto, lena)
    give_back(withdrawal, by=otto, why="Not in the console.")
    assert (fresh(withdrawal).status, withdrawal.attention) == ("sent", "unknown-status")

    words = refused(give_back, withdrawal, by=otto)

    assert "Another operator must say so too" in words

    give_back(withdrawal, by=lena, why="The provider never had it.")
    assert fresh(withdrawal).status == "failed"
    assert diamond_balance(withdrawal.creator) == 120_000


def make_strange_after_approval(cents, *operators):
    """Approve and send a withdrawal; the provider answers with a status without a rule."""
    withdrawal = withdraw(make_earner(cents * 2), cents, receiver="strange@example.com")
    for operator in operators:
        approve_withdrawal(withdrawal, by=operator, why="Fine.")
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + MINUTE)
    return fresh(withdrawal)


def test_one_payment_of_the_provider_pays_one_withdrawal(otto, lena):
    cleo = make_earner(40_000)
    one, other = has_unknown_status(creator=cleo), has_unknown_status(creator=cleo)
    mark_as_paid(one, by=otto, why="Seen.", reference="R1")
    words = "belongs to another withdrawal already"
    said = refused(mark_as_paid, other, by=otto, reference="R1")

    assert words in said

    said = refused(mark_as_paid, other, by=lena, reference="R1")

    assert words in said

    said = refused(mark_as_paid, other, by=lena, reference=f"sandbox-{one.id}")

    assert words in said

    mark_as_paid(other, by=lena, why="Seen.", reference=f"sandbox-{other.id}")
    assert fresh(other).status == "paid"


@pytest.mark.parametrize("reference", ["", " ", "x" * 71])
def test_marking_as_paid_needs_a_reference(otto, reference):
    withdrawal = has_unknown_status()
    words = refused(mark_as_paid, withdrawal, by=otto, reference=reference)

    assert "Name the provider's reference" in words


def test_given_back_is_failed_with_a_reason_for_the_creator_and_never_sent_again(otto):
    withdrawal = never_answered()
    cleo = withdrawal.creator
    give_back(withdrawal, by=otto, why="The provider never had it.")

    assert fresh(withdrawal).status == "failed"
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == (20_000, 0)
    assert cleo.weekly_allowances.get().used_cents == 0
    assert "The provider never had it." in cleo.notices.first().text

    sent = send_withdrawals(now=timezone.now() + MINUTE)

    assert sent == 0

    words = refused(give_back, withdrawal, by=otto)

    assert "it is failed" in words

    words = refused(mark_as_paid, withdrawal, by=otto, reference="R1")

    assert "it is failed" in words


def test_nothing_is_given_back_while_a_worker_may_be_sending_it(otto, settings):
    withdrawal = never_answered(days=28)
    Withdrawal.objects.update(attention="unanswered")
    lease = timedelta(seconds=settings.PAYOUT_LEASE_SECONDS)
    taken_at = fresh(withdrawal).taken_at
    words = refused(give_back, withdrawal, by=otto, now=taken_at + lease - timedelta(seconds=1))
    assert words == f"A worker has just taken it up. It can be given back from {taken_at + lease:%H:%M:%S} UTC on."
    Withdrawal.objects.update(ask_now=True)
    words = refused(give_back, withdrawal, by=otto, now=taken_at + lease)

    assert "about to send it again" in words

    Withdrawal.objects.update(ask_now=False)
    give_back(withdrawal, by=otto, why="Never there.", now=taken_at + lease)
    assert fresh(withdrawal).status == "failed"


def test_what_the_provider_has_not_left_open_is_not_concluded_by_hand(otto):
    for withdrawal in (waits_for_approval(), contradicts()):
        words = refused(give_back, withdrawal, by=otto)

        assert words.startswith("Only what the provider left open")

        words = refused(mark_as_paid, withdrawal, by=otto, reference="R1")

        assert words.startswith("Only what the provider left open")


# --- Acknowledge --------------------------------------------------------------------------------


def test_a_contradiction_is_acknowledged_and_nothing_moves(otto):
    withdrawal = contradicts()
    assert withdrawal.attention == "contradiction"
    balance = diamond_balance(withdrawal.creator)
    acknowledge(withdrawal, by=otto, why="The provider takes it back by letter.")

    assert (fresh(withdrawal).status, withdrawal.attention, withdrawal.attention_why) == ("failed", "", "")
    assert diamond_balance(withdrawal.creator) == balance
    assert latest_history()[1].endswith("Reason: The provider takes it back by letter.")

    words = refused(acknowledge, withdrawal, by=otto)

    assert "don't contradict each other" in words

    words = refused(acknowledge, waits_for_approval(), by=otto)

    assert "don't contradict each other" in words


@pytest.mark.parametrize("over", ["paid", "failed"])
def test_what_is_over_with_a_status_that_we_do_not_know_is_acknowledged_and_nothing_moves(otto, over):
    withdrawal = withdraw(make_earner(20_000))
    record_answer(withdrawal, PayoutAnswer(Answer(over), status=over.upper()), by="sandbox")
    before = diamond_balance(withdrawal.creator)
    record_answer(withdrawal, PayoutAnswer(Answer.UNCLEAR, status="DISPUTED"), by="sandbox")
    assert (fresh(withdrawal).status, withdrawal.attention) == (over, "unknown-status")

    words = refused(give_back, withdrawal, by=otto)

    assert "Only what the provider left open" in words

    acknowledge(withdrawal, by=otto, why="They look into it.")

    assert (fresh(withdrawal).status, withdrawal.attention) == (over, "")
    assert diamond_balance(withdrawal.creator) == before
    assert latest_history()[1].startswith("Looked into: sandbox says DISPUTED")
