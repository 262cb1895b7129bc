"""Otto and Lena look at what waits for a person: they approve, refuse, ask again, settle by hand, acknowledge."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import transaction
from django.utils import timezone

from payouts.diamonds import diamond_balance, held_of
from payouts.gateways import Answer, PayoutAnswer, sandbox
from payouts.models import Withdrawal
from payouts.withdrawals import approvals
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
from payouts.withdrawals.transitions import record_answer
from payouts.withdrawals.waiting import count_waiting_for, counts_by_why, waiting
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.operator import latest_history, make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import (
    contradicts,
    fresh,
    has_unknown_status,
    let_approve,
    never_answered,
    waits_for_approval,
)
from wallet import ledger

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def otto(db):
    return make_operator()


@pytest.fixture
def lena(db):
    return make_operator("Lena")


def as_it_is(withdrawal):
    """What must stay the same after a refusal."""
    row = fresh(withdrawal)
    return (
        row.status,
        row.attention,
        row.ask_now,
        row.approvals.count(),
        row.steps.count(),
        diamond_balance(row.creator),
        ledger.balance(held_of(row.creator)),
        row.creator.weekly_allowances.get(week=row.week).used_cents,
        LogEntry.objects.count(),
    )


def refused(verb, withdrawal, **how):
    """Return the words with which the verb refuses; nothing may have changed."""
    before = as_it_is(withdrawal)
    with pytest.raises(OperatingRefused) as refusal:
        verb(withdrawal, why="Because.", **how)
    assert as_it_is(withdrawal) == before
    return str(refusal.value)


# --- Approve ------------------------------------------------------------------------------------


def test_above_the_amount_nothing_is_sent_until_an_operator_approves(otto):
    withdrawal = waits_for_approval(200_00)
    assert send_withdrawals() == 0

    approve_withdrawal(withdrawal, by=otto, why="Known for years.")

    assert fresh(withdrawal).attention == ""
    assert withdrawal.approvals.get().by == otto
    assert latest_history() == ("Otto", "Approved, 1 of 1. Reason: Known for years.")
    assert send_withdrawals() == 1
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
    assert send_withdrawals() == 0

    assert refused(approve_withdrawal, withdrawal, by=otto).endswith("Another operator must approve it too.")
    approve_withdrawal(withdrawal, by=lena, why="Fine too.")

    assert fresh(withdrawal).attention == ""
    assert send_withdrawals() == 1
    assert latest_history() == ("Lena", "Approved, 2 of 2. Reason: Fine too.")


def test_first_withdrawal_of_a_creator_waits_until_one_has_been_paid(otto):
    let_approve(above=None, two_above=None, first=True)
    cleo = make_earner(60_000)
    first = withdraw(cleo, 100_00)
    assert first.attention == "approval"
    approve_withdrawal(first, by=otto, why="A real person.")
    send_withdrawals()
    assert withdraw(cleo, 100_00).attention == "approval"
    send_withdrawals(now=timezone.now() + MINUTE)
    assert fresh(first).status == "paid"
    assert withdraw(cleo, 100_00).attention == ""


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
    assert "your own" in refused(acknowledge, contradicts(creator=cleo), by=cleo)


def test_what_does_not_wait_for_approval_is_not_approved(otto):
    withdrawal = withdraw(make_earner(20_000))
    assert refused(approve_withdrawal, withdrawal, by=otto) == "It doesn't wait for an approval: it is requested."
    cancelled = waits_for_approval()
    cancel_withdrawal(cancelled, by="creator")
    assert refused(approve_withdrawal, cancelled, by=otto) == "It doesn't wait for an approval: it is cancelled."


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
    assert send_withdrawals() == 0
    assert (
        refused(refuse_withdrawal, withdrawal, by=otto) == "Only what was never sent can be refused: it is cancelled."
    )


def test_what_a_worker_has_taken_up_is_not_refused(otto):
    withdrawal = waits_for_approval()
    approve_withdrawal(withdrawal, by=otto, why="Fine.")
    send_withdrawals()
    assert (
        refused(refuse_withdrawal, withdrawal, by=otto) == "Only what was never sent can be refused: it is on the way."
    )


# --- Ask again ----------------------------------------------------------------------------------


def test_a_status_that_we_do_not_know_is_asked_after_at_once_and_stays_until_another_one_comes(otto, monkeypatch):
    withdrawal = has_unknown_status()
    assert withdrawal.attention_why == "sandbox says MYSTERIOUS. In a status of its own."
    retry_withdrawal(withdrawal, by=otto, why="They have mended it.")
    assert "being asked already" in refused(retry_withdrawal, withdrawal, by=otto)

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
    # It may be with the provider: nobody cancels it, whatever the operator does.
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
    assert words.endswith("and could pay it a second time. Look it up there and settle it by hand.")


def test_what_waits_for_nothing_from_the_provider_is_not_asked_after(otto):
    for withdrawal in (waits_for_approval(), contradicts()):
        assert refused(retry_withdrawal, withdrawal, by=otto).startswith("There is nothing to ask the provider again")


# --- Settle by hand -----------------------------------------------------------------------------


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
    assert [one.event for one in approvals.statements_of(withdrawal)] == ["PAID:R1", "PAID:R2", "PAID:R1"]


def test_above_the_second_amount_two_operators_say_that_it_was_not_paid(otto, lena):
    let_approve(above=None, two_above=500_00)
    withdrawal = make_strange_after_approval(600_00, otto, lena)
    give_back(withdrawal, by=otto, why="Not in the console.")
    assert (fresh(withdrawal).status, withdrawal.attention) == ("sent", "unknown-status")
    assert "Another operator must say so too" in refused(give_back, withdrawal, by=otto)

    give_back(withdrawal, by=lena, why="The provider never had it.")
    assert fresh(withdrawal).status == "failed"
    assert diamond_balance(withdrawal.creator) == 120_000


def make_strange_after_approval(cents, *operators):
    """Approved by them, sent, and then in a status of its own."""
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
    assert words in refused(mark_as_paid, other, by=otto, reference="R1")
    assert words in refused(mark_as_paid, other, by=lena, reference="R1")
    assert words in refused(mark_as_paid, other, by=lena, reference=f"sandbox-{one.id}")
    mark_as_paid(other, by=lena, why="Seen.", reference=f"sandbox-{other.id}")
    assert fresh(other).status == "paid"


@pytest.mark.parametrize("reference", ["", " ", "x" * 71])
def test_marking_as_paid_needs_a_reference(otto, reference):
    withdrawal = has_unknown_status()
    assert "Name the provider's reference" in refused(mark_as_paid, withdrawal, by=otto, reference=reference)


def test_given_back_is_failed_with_a_reason_for_the_creator_and_never_sent_again(otto):
    withdrawal = never_answered()
    cleo = withdrawal.creator
    give_back(withdrawal, by=otto, why="The provider never had it.")

    assert fresh(withdrawal).status == "failed"
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == (20_000, 0)
    assert cleo.weekly_allowances.get().used_cents == 0
    assert "The provider never had it." in cleo.notices.first().text
    assert send_withdrawals(now=timezone.now() + MINUTE) == 0
    assert "it is failed" in refused(give_back, withdrawal, by=otto)
    assert "it is failed" in refused(mark_as_paid, withdrawal, by=otto, reference="R1")


def test_nothing_is_given_back_while_a_worker_may_be_sending_it(otto, settings):
    withdrawal = never_answered(days=28)
    Withdrawal.objects.update(attention="unanswered")
    lease = timedelta(seconds=settings.PAYOUT_LEASE_SECONDS)
    taken_at = fresh(withdrawal).taken_at
    words = refused(give_back, withdrawal, by=otto, now=taken_at + lease - timedelta(seconds=1))
    assert words == f"A worker has just taken it up. It can be given back from {taken_at + lease:%H:%M:%S} UTC on."
    Withdrawal.objects.update(ask_now=True)
    assert "about to send it again" in refused(give_back, withdrawal, by=otto, now=taken_at + lease)
    Withdrawal.objects.update(ask_now=False)
    give_back(withdrawal, by=otto, why="Never there.", now=taken_at + lease)
    assert fresh(withdrawal).status == "failed"


def test_what_the_provider_has_not_left_open_is_not_settled_by_hand(otto):
    for withdrawal in (waits_for_approval(), contradicts()):
        assert refused(give_back, withdrawal, by=otto).startswith("Only what the provider left open")
        assert refused(mark_as_paid, withdrawal, by=otto, reference="R1").startswith("Only what the provider left open")


# --- Acknowledge --------------------------------------------------------------------------------


def test_a_contradiction_is_acknowledged_and_nothing_moves(otto):
    withdrawal = contradicts()
    assert withdrawal.attention == "contradiction"
    balance = diamond_balance(withdrawal.creator)
    acknowledge(withdrawal, by=otto, why="The provider takes it back by letter.")

    assert (fresh(withdrawal).status, withdrawal.attention, withdrawal.attention_why) == ("failed", "", "")
    assert diamond_balance(withdrawal.creator) == balance
    assert latest_history()[1].endswith("Reason: The provider takes it back by letter.")
    assert "don't contradict each other" in refused(acknowledge, withdrawal, by=otto)
    assert "don't contradict each other" in refused(acknowledge, waits_for_approval(), by=otto)


@pytest.mark.parametrize("over", ["paid", "failed"])
def test_what_is_over_with_a_status_that_we_do_not_know_is_acknowledged_and_nothing_moves(otto, over):
    withdrawal = withdraw(make_earner(20_000))
    record_answer(withdrawal, PayoutAnswer(Answer(over), status=over.upper()), by="sandbox")
    before = diamond_balance(withdrawal.creator)
    record_answer(withdrawal, PayoutAnswer(Answer.UNCLEAR, status="DISPUTED"), by="sandbox")
    assert (fresh(withdrawal).status, withdrawal.attention) == (over, "unknown-status")
    assert "Only what the provider left open" in refused(give_back, withdrawal, by=otto)

    acknowledge(withdrawal, by=otto, why="They look into it.")

    assert (fresh(withdrawal).status, withdrawal.attention) == (over, "")
    assert diamond_balance(withdrawal.creator) == before
    assert latest_history()[1].startswith("Looked into: sandbox says DISPUTED")


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
    """Every action on a withdrawal in every place: the words and the deed agree."""
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
    assert "account is closed" in refused(approve_withdrawal, withdrawal, by=otto)
    assert fresh(withdrawal).approvals.count() == 0
    refuse_withdrawal(withdrawal, by=otto, why="Closed.")
    assert fresh(withdrawal).status == "cancelled"
