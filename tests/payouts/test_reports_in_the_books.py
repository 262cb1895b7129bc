"""The check of the books names approvals that are missing and reports of another amount."""

import pytest
from django.utils import timezone

from payouts.gateways import Answer, PayoutAnswer
from payouts.models import Withdrawal, WithdrawalApproval
from payouts.withdrawals.transitions import record_answer
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import waits_for_approval
from wallet.books import check_books

pytestmark = pytest.mark.django_db


@pytest.mark.spoils_books
def test_books_name_what_was_sent_without_its_approvals():
    withdrawal = waits_for_approval(600_00)
    assert check_books() == []
    Withdrawal.objects.update(attention="", first_sent_at=timezone.now())
    assert check_books() == [f"withdrawal {withdrawal.pk} was sent with 0 of the 2 approvals that it needed"]
    for operator in (make_operator(), withdrawal.creator):
        WithdrawalApproval.objects.create(withdrawal=withdrawal, by=operator, why="Fine.")
    assert check_books() == [f"withdrawal {withdrawal.pk} was approved by its own creator"]


@pytest.mark.spoils_books
def test_books_name_a_report_of_another_amount():
    withdrawal = withdraw(make_earner(20_000), 100_00)
    record_answer(withdrawal, PayoutAnswer(Answer.PAID, status="SUCCESS", cents=99_99, fee_cents=25), by="sandbox")

    assert check_books() == [f"withdrawal {withdrawal.pk}: sandbox reports 9999 cents, 10000 were sent"]
