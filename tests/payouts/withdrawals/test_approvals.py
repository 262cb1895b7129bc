"""Otto and Lena look at what waits for a person: they approve, refuse and ask the provider again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from payouts.diamonds import diamond_balance, held_of
from payouts.gateways import sandbox
from payouts.models import Withdrawal
from payouts.withdrawals.approvals import (
    OperatingRefused,
    acknowledge,
    approve_withdrawal,
    give_back,
    mark_as_paid,
    refuse_withdrawal,
    retry_withdrawal,
)
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.waiting import count_waiting_for, counts_by_why, waiting
from payouts.withdrawals.withdrawals import cancel_withdrawal
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
from tests.payouts.withdrawals.refusing import as_it_is, refused
from wallet import ledger

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


# --- Approve ------------------------------------------------------------------------------------


def test_above_the_amount_nothing_is_sent_until_an_operator_approves(otto):
    withdrawal = waits_for_approval(200_00)
    sent = send_withdrawals()

    assert sent == 0

    approve_withdrawal(withdrawal, by=otto, why="Known for years.")

    assert fresh(withdrawal).attention == ""
    assert withdrawal.approvals.get().by == otto
    assert latest_history() == ("Otto", "Approved, 1 of 1. Reason: Known for years.")

    sent = send_withdrawals()

    assert sent == 1
    assert fresh(withdrawal).status == "sent"


def test_the_days_until_it_arrives_count_from_the_approval(otto):
    withdrawal = waits_for_approval(200_00)
    before, now = withdrawal.arrives_by, withdrawal.requested_at + timedelta(days=5)
    approve_withdrawal(withdrawal, by=otto, why="Known for years.", now=now)

    assert fresh(withdrawal).arrives_by == before + timedelta(days=5)


def test_the_amount_itself_needs_nobody():
    let_approve(above=100_00)
    withdrawal = withdraw(make_earner(20_000), 100_00)
    assert (withdrawal.attention, withdrawal.approvals_needed) == ("", 0)


def test_above_the_second_amount_two_different_operators_approve(otto, lena):
    withdrawal = waits_for_approval(600_00)
    approve_withdrawal(withdrawal, by=otto, why="Fine.")
    assert fresh(withdrawal).attention == "approval"

    sent = send_withdrawals()

    assert sent == 0

    words = refused(approve_withdrawal, withdrawal, by=otto)

    assert words.endswith("Another operator must approve it too.")

    approve_withdrawal(withdrawal, by=lena, why="Fine too.")

    assert fresh(withdrawal).attention == ""

    sent = send_withdrawals()

    assert sent == 1
    assert latest_history() == ("Lena", "Approved, 2 of 2. Reason: Fine too.")


def test_first_withdrawal_of_a_creator_waits_until_one_has_been_paid(otto):
    let_approve(above=None, two_above=None, first=True)
    cleo = make_earner(60_000)
    first = withdraw(cleo, 100_00)
    assert first.attention == "approval"
    approve_withdrawal(first, by=otto, why="A real person.")
    send_withdrawals()
    withdrawal = withdraw(cleo, 100_00)

    assert withdrawal.attention == "approval"

    send_withdrawals(now=timezone.now() + MINUTE)
    assert fresh(first).status == "paid"

    withdrawal = withdraw(cleo, 100_00)

    assert withdrawal.attention == ""


def test_nobody_does_anything_about_their_own(otto):
    cleo = make_earner(160_000)
    cleo.is_staff = cleo.is_superuser = True
    cleo.save()
    withdrawal = waits_for_approval(200_00, creator=cleo)
    for verb in (approve_withdrawal, refuse_withdrawal):
        assert refused(verb, withdrawal, by=cleo) == "It is your own withdrawal: another operator must look at it."
    strange = has_unknown_status(100_00, creator=cleo)
    for verb, how in ((retry_withdrawal, {}), (give_back, {}), (mark_as_paid, {"reference": "R1"})):
        assert refused(verb, strange, by=cleo, **how) == "It is your own withdrawal: another operator must look at it."
    words = refused(acknowledge, contradicts(creator=cleo), by=cleo)

    assert "your own" in words


def test_what_does_not_wait_for_approval_is_not_approved(otto):
    withdrawal = withdraw(make_earner(20_000))
    words = refused(approve_withdrawal, withdrawal, by=otto)

    assert words == "It doesn't wait for an approval: it is requested."

    cancelled = waits_for_approval()
    cancel_withdrawal(cancelled, by="creator")
    words = refused(approve_withdrawal, cancelled, by=otto)

    assert words == "It doesn't wait for an approval: it is cancelled."


@pytest.mark.parametrize("why", ["", "  "])
def test_every_action_needs_a_reason(otto, why):
    withdrawal = waits_for_approval()
    before = as_it_is(withdrawal)
    for verb in (approve_withdrawal, refuse_withdrawal):
        with pytest.raises(OperatingRefused, match="Say why"):
            verb(withdrawal, by=otto, why=why)
    assert as_it_is(withdrawal) == before


# --- Refuse -------------------------------------------------------------------------------------


def test_refusing_gives_diamonds_and_allowance_back_and_the_creator_reads_why(otto, django_capture_on_commit_callbacks):
    withdrawal = waits_for_approval(200_00)
    cleo = withdrawal.creator
    assert diamond_balance(cleo) == 0

    with django_capture_on_commit_callbacks(execute=True):
        refuse_withdrawal(withdrawal, by=otto, why="The name isn't yours.")

    assert fresh(withdrawal).status == "cancelled"
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == (40_000, 0)
    assert cleo.weekly_allowances.get().used_cents == 0
    step = withdrawal.steps.last()
    assert (step.status, step.by, step.why) == ("cancelled", otto.email, "The name isn't yours.")
    assert "The name isn't yours." in cleo.notices.first().text
    assert "The name isn't yours." in mail.outbox[-1].body

    sent = send_withdrawals()

    assert sent == 0

    words = refused(refuse_withdrawal, withdrawal, by=otto)

    assert words == "Only what was never sent can be refused: it is cancelled."


def test_what_a_worker_has_taken_up_is_not_refused(otto):
    withdrawal = waits_for_approval()
    approve_withdrawal(withdrawal, by=otto, why="Fine.")
    send_withdrawals()
    words = refused(refuse_withdrawal, withdrawal, by=otto)

    assert words == "Only what was never sent can be refused: it is on the way."


# --- Ask again ----------------------------------------------------------------------------------


def test_a_status_that_we_do_not_know_is_asked_after_at_once_and_stays_until_another_one_comes(otto, monkeypatch):
    withdrawal = has_unknown_status()
    assert withdrawal.attention_why == "sandbox says MYSTERIOUS. In a status of its own."
    retry_withdrawal(withdrawal, by=otto, why="They have mended it.")
    words = refused(retry_withdrawal, withdrawal, by=otto)

    assert "being asked already" in words

    send_withdrawals()
    assert (fresh(withdrawal).attention, withdrawal.ask_now) == ("unknown-status", False)

    monkeypatch.setitem(sandbox.OUTCOMES, "strange", sandbox.EVERYBODY_ELSE)
    retry_withdrawal(withdrawal, by=otto, why="Once more.")
    send_withdrawals(now=timezone.now() + MINUTE)
    assert (fresh(withdrawal).attention, withdrawal.status) == ("", "paid")


def test_silence_within_29_days_is_broken_with_the_same_id(otto, monkeypatch):
    withdrawal = never_answered(days=28)
    Withdrawal.objects.update(attention="unanswered")
    retry_withdrawal(withdrawal, by=otto, why="They are back.")
    assert (fresh(withdrawal).attention, withdrawal.ask_now) == ("", True)
    # The provider may have it already, so the creator can't cancel it before or after the approval.
    assert not withdrawal.can_be_cancelled

    monkeypatch.setitem(sandbox.OUTCOMES, "unknown", sandbox.EVERYBODY_ELSE)
    for minutes in (5, 45):
        send_withdrawals(now=timezone.now() + minutes * MINUTE)
    assert fresh(withdrawal).status == "paid"
    assert withdrawal.provider_reference == f"sandbox-{withdrawal.id}"


@pytest.mark.parametrize("days", [29, 31, 60])
def test_after_29_days_nothing_is_sent_again_and_the_words_say_why(otto, days):
    withdrawal = never_answered(days=days)
    assert withdrawal.attention == "unanswered"
    words = refused(retry_withdrawal, withdrawal, by=otto)
    assert words.startswith(
        f"It was first sent on {withdrawal.first_sent_at:%-d %b %Y, %H:%M} UTC, 29 days ago or more."
    )
    assert words.endswith("and could pay it a second time. Look it up there and conclude it by hand.")


def test_what_waits_for_nothing_from_the_provider_is_not_asked_after(otto):
    for withdrawal in (waits_for_approval(), contradicts()):
        words = refused(retry_withdrawal, withdrawal, by=otto)

        assert words.startswith("There is nothing to ask the provider again")


# --- The queue ----------------------------------------------------------------------------------


def test_what_waits_is_counted_by_why_and_for_whom(otto, lena):
    two = waits_for_approval(600_00)
    has_unknown_status()
    never_answered()
    contradicts()
    assert counts_by_why() == {"approval": 1, "unknown-status": 1, "unanswered": 1, "contradiction": 1}
    assert (count_waiting_for(otto), count_waiting_for(lena), count_waiting_for(two.creator)) == (4, 4, 3)
    approve_withdrawal(two, by=otto, why="Fine.")
    assert (count_waiting_for(otto), count_waiting_for(lena)) == (3, 4)
    assert [row.pk for row in waiting("approval")] == [two.pk]
    requested = [row.requested_at for row in waiting()]
    assert requested == sorted(requested)


def test_what_is_not_offered_is_refused_and_what_is_offered_is_done(otto, lena):
    """Every action on a withdrawal in every state: an action is offered exactly if it is accepted."""
    from payouts.admin.actions import ACTIONS

    allowed = {
        waits_for_approval: {"approve", "refuse"},
        has_unknown_status: {"retry", "mark-paid", "give-back"},
        never_answered: {"mark-paid", "give-back"},
        contradicts: {"acknowledge"},
    }
    for make, expected in allowed.items():
        withdrawal = make()
        later = timezone.now() + 5 * MINUTE
        offered = {action.slug for action in ACTIONS if not action.why_not(withdrawal, otto, later)}
        assert offered == expected
        for action in ACTIONS:
            how = {"reference": "R1"} if action.slug == "mark-paid" else {}
            if action.slug not in offered:
                refused(action.do, withdrawal, by=otto, now=later, **how)
                continue
            done = transaction.savepoint()
            action.do(withdrawal, by=otto, why="Because.", now=later, **how)
            transaction.savepoint_rollback(done)


def test_a_closed_account_is_not_approved_and_can_be_refused(otto):
    withdrawal = waits_for_approval(200_00)
    type(withdrawal.creator).objects.filter(pk=withdrawal.creator_id).update(is_active=False)
    words = refused(approve_withdrawal, withdrawal, by=otto)

    assert "account is closed" in words
    assert fresh(withdrawal).approvals.count() == 0
    refuse_withdrawal(withdrawal, by=otto, why="Closed.")
    assert fresh(withdrawal).status == "cancelled"
