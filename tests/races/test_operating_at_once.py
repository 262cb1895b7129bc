"""Operators at once, with each other, with workers and with the creator, on PostgreSQL with real threads."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from payouts.diamonds import diamond_balance, held_of
from payouts.gateways import Answer, PayoutAnswer
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
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import contradicts, fresh, has_unknown_status, let_approve, waits_for_approval
from tests.races.threads import at_once, raised, rounds, succeeded
from wallet import ledger
from wallet.models import Reason, Transfer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

REFUSALS = (OperatingRefused, WithdrawalRefused)


def run(*jobs):
    """Run the jobs at once; return their results and refusals. Any other exception fails."""
    results = at_once(lambda job: job(), jobs)
    assert [error for error in raised(results, Exception) if not isinstance(error, REFUSALS)] == []
    return results


def make_operators(count):
    return [make_operator(f"Otto{number}") for number in range(count)]


@rounds
def test_eight_operators_approve_at_once_and_exactly_two_count(round_):
    withdrawal = waits_for_approval(600_00)

    results = run(
        *(lambda by=by: approve_withdrawal(withdrawal, by=by, why="Fine.") for by in make_operators(8)),
    )

    assert len(succeeded(results)) == withdrawal.approvals.count() == 2
    assert fresh(withdrawal).attention == ""
    assert LogEntry.objects.count() == 2


@rounds
def test_one_operator_in_eight_windows_is_one_approval_of_two(round_):
    withdrawal, otto = waits_for_approval(600_00), make_operator()

    results = run(*(lambda: approve_withdrawal(withdrawal, by=otto, why="Fine.") for _ in range(8)))

    assert len(succeeded(results)) == withdrawal.approvals.count() == 1
    assert fresh(withdrawal).attention == "approval"

    sent = send_withdrawals()

    assert sent == 0


@rounds
def test_approved_refused_cancelled_and_sent_at_once_ends_in_one_place(round_):
    withdrawal, operators = waits_for_approval(200_00), make_operators(6)
    cleo = withdrawal.creator
    jobs = [lambda by=by: approve_withdrawal(withdrawal, by=by, why="Fine.") for by in operators[:3]]
    jobs += [lambda by=by: refuse_withdrawal(withdrawal, by=by, why="No.") for by in operators[3:]]
    jobs += [lambda: cancel_withdrawal(withdrawal, by="creator") for _ in range(2)]
    jobs += [send_withdrawals for _ in range(4)]

    run(*jobs)
    send_withdrawals()

    status = fresh(withdrawal).status
    assert status in ("sent", "cancelled")
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == ((0, 40_000) if status == "sent" else (40_000, 0))
    assert cleo.weekly_allowances.get().used_cents == (200_00 if status == "sent" else 0)
    assert withdrawal.steps.filter(status="cancelled").count() == (status == "cancelled")
    if status == "cancelled":
        assert withdrawal.first_sent_at is None


@rounds
def test_nothing_is_sent_while_the_second_approval_is_missing(round_):
    withdrawal, otto = waits_for_approval(600_00), make_operator()

    run(lambda: approve_withdrawal(withdrawal, by=otto, why="Fine."), *(send_withdrawals for _ in range(8)))

    assert (fresh(withdrawal).status, withdrawal.first_sent_at) == ("requested", None)


@rounds
def test_marked_as_paid_and_given_back_at_once_is_one_of_the_two(round_):
    withdrawal = has_unknown_status()
    cleo = withdrawal.creator
    jobs = [lambda by=by: mark_as_paid(withdrawal, by=by, why="Seen.", reference="R1") for by in make_operators(4)]
    jobs += [lambda by=by: give_back(withdrawal, by=by, why="Never there.") for by in make_operators(4)]
    jobs += [lambda: send_withdrawals(now=timezone.now() + timedelta(minutes=5)) for _ in range(2)]

    results = run(*jobs)

    assert len(succeeded(results[:8])) == 1
    status = fresh(withdrawal).status
    assert status in ("paid", "failed")
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == ((0, 0) if status == "paid" else (20_000, 0))
    moved = Transfer.objects.filter(reference=withdrawal.id).values_list("reason", flat=True)
    expected = (
        [Reason.HOLD, Reason.PAY_OUT, Reason.PAY_OUT_CENTS] if status == "paid" else [Reason.HOLD, Reason.RELEASE]
    )
    assert sorted(moved) == sorted(expected)


@rounds
def test_two_people_who_say_at_once_that_it_was_paid_are_two_and_pay_it_once(round_):
    let_approve(above=None, two_above=500_00)
    withdrawal = withdraw(make_earner(120_000), 600_00, receiver="strange@example.com")
    operators = make_operators(2)
    for by in operators:
        approve_withdrawal(withdrawal, by=by, why="Fine.")
    send_withdrawals()
    send_withdrawals(now=timezone.now() + timedelta(minutes=1))

    run(*(lambda by=by: mark_as_paid(withdrawal, by=by, why="Seen.", reference="R1") for by in operators * 4))

    assert fresh(withdrawal).status == "paid"
    assert Transfer.objects.filter(reference=withdrawal.id, reason=Reason.PAY_OUT_CENTS).count() == 1
    assert withdrawal.reports.filter(event="PAID:R1").count() == 2


@rounds
def test_the_provider_answers_while_operators_settle_and_nothing_moves_twice(round_):
    withdrawal = has_unknown_status()
    cleo = withdrawal.creator
    paid = PayoutAnswer(Answer.PAID, status="SUCCESS", cents=withdrawal.cents)
    jobs = [lambda: record_answer(withdrawal, paid, by="sandbox") for _ in range(4)]
    jobs += [lambda by=by: give_back(withdrawal, by=by, why="Never there.") for by in make_operators(2)]
    jobs += [lambda by=by: retry_withdrawal(withdrawal, by=by, why="Once more.") for by in make_operators(2)]

    run(*jobs)

    # If the return commits first, the provider's answer contradicts the books and waits for an operator.
    row = fresh(withdrawal)
    assert (row.status, row.attention) in [("paid", ""), ("failed", "contradiction")]
    assert (diamond_balance(cleo), ledger.balance(held_of(cleo))) == ((0, 0) if row.status == "paid" else (20_000, 0))


@rounds
def test_a_contradiction_is_acknowledged_once(round_):
    withdrawal = contradicts()

    results = run(*(lambda by=by: acknowledge(withdrawal, by=by, why="Looked.") for by in make_operators(8)))

    assert len(succeeded(results)) == LogEntry.objects.count() == 1
    assert fresh(withdrawal).attention == ""
