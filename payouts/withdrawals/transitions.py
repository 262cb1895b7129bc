"""Moves of a withdrawal from status to status: the table, and their effects on diamonds and the week.

Every move locks the person's diamonds and the withdrawal's row first. So a report that comes twice, late or out of
order reads the current status and changes nothing more.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from payouts.diamonds import diamonds_of, held_of
from payouts.gateways import Answer, PayoutAnswer
from payouts.models import ProviderReport, Withdrawal, WithdrawalStep
from payouts.withdrawals.allowance import give_back_allowance
from payouts.withdrawals.telling import tell
from wallet import accounts, ledger
from wallet.models import Reason

Status = Withdrawal.Status
Attention = Withdrawal.Attention

REQUESTED, SENT, PAID = Status.REQUESTED, Status.SENT, Status.PAID
FAILED, RETURNED, CANCELLED = Status.FAILED, Status.RETURNED, Status.CANCELLED

STAYS = "stays"  # nothing new, or news of a closed withdrawal
PERSON = "person"  # it contradicts the books: an operator must look

# The provider's answer (across) to a withdrawal in a status (down). Statuses only move to the right in this list:
# requested, sent, paid, given back. So nothing is paid twice or given back twice, in any order of reports.
REPORTED: dict[str, dict[Answer, str]] = {
    REQUESTED: {Answer.PENDING: SENT, Answer.PAID: PAID, Answer.FAILED: FAILED, Answer.RETURNED: RETURNED},
    SENT: {Answer.PENDING: STAYS, Answer.PAID: PAID, Answer.FAILED: FAILED, Answer.RETURNED: RETURNED},
    # A paid withdrawal can't fail any more, but come back. Providers return money days later.
    PAID: {Answer.PENDING: STAYS, Answer.PAID: STAYS, Answer.FAILED: RETURNED, Answer.RETURNED: RETURNED},
    FAILED: {Answer.PENDING: STAYS, Answer.PAID: PERSON, Answer.FAILED: STAYS, Answer.RETURNED: STAYS},
    RETURNED: {Answer.PENDING: STAYS, Answer.PAID: PERSON, Answer.FAILED: STAYS, Answer.RETURNED: STAYS},
    # A cancelled withdrawal was never sent, so even a pending one contradicts.
    CANCELLED: {Answer.PENDING: PERSON, Answer.PAID: PERSON, Answer.FAILED: STAYS, Answer.RETURNED: STAYS},
}
WHY: dict[str, str] = {
    SENT: "Accepted by the provider",
    PAID: "Paid by the provider",
    FAILED: "Refused by the provider",
    RETURNED: "Returned by the provider",
}


def record_answer(
    withdrawal: Withdrawal,
    answer: PayoutAnswer,
    *,
    by: str,
    asked_at: datetime | None = None,
    now: datetime | None = None,
) -> Withdrawal:
    """Record the provider's answer and move the withdrawal by it; return the Withdrawal. A repeat changes nothing.

    `asked_at` is the moment of the call. If a report came in since then, the answer may be the older one of the two: it
    contradicts nothing, and the worker looks up again.
    """
    now = now or timezone.now()
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        overtaken = bool(asked_at) and withdrawal.reports.filter(at__gt=asked_at).exists()
        if answer.answer == Answer.UNKNOWN:
            # Retry a closed one, which is looked up only because of news. An open one is looked up again anyway.
            withdrawal.ask_now = overtaken or (withdrawal.ask_now and not withdrawal.is_open)
            withdrawal.trouble = answer.why[:200]
            withdrawal.save(update_fields=["ask_now", "trouble"])
            return withdrawal
        withdrawal.ask_now = overtaken
        _note_report(withdrawal, answer, by=by, now=now)
        withdrawal.trouble = ""
        withdrawal.provider_reference = answer.reference[:80] or withdrawal.provider_reference
        withdrawal.provider_item = answer.item[:80] or withdrawal.provider_item
        withdrawal.provider_status = answer.status[:40]
        status = PERSON if answer.answer == Answer.UNCLEAR else REPORTED[withdrawal.status][answer.answer]
        if status == PERSON and overtaken and answer.answer != Answer.UNCLEAR:
            status = STAYS
        if status == PERSON:
            _wait_for_person(withdrawal, answer, by=by)
        elif withdrawal.attention == Attention.UNKNOWN_STATUS or status != STAYS:
            withdrawal.attention = withdrawal.attention_why = ""
        withdrawal.save()
        if status not in (STAYS, PERSON):
            move(withdrawal, status, by=by, why=answer.why or WHY[status], now=now)
    return withdrawal


def mark_paid(
    withdrawal: Withdrawal, *, reference: str, by: str, why: str = WHY[PAID], now: datetime | None = None
) -> Withdrawal:
    """Pay out the held diamonds and book the money, once."""
    return _advance(withdrawal, Answer.PAID, by=by, why=why, reference=reference, now=now)


def return_withdrawal(
    withdrawal: Withdrawal, *, status: str, by: str, why: str, reference: str = "", now: datetime | None = None
) -> Withdrawal:
    """Give diamonds and allowance back, once, because it failed or came back (`status` failed or returned)."""
    return _advance(withdrawal, Answer(status), by=by, why=why, reference=reference, now=now)


def lock_withdrawal(withdrawal: Withdrawal) -> Withdrawal:
    """Return the fresh row, locked until the transaction ends. Lock the person's diamonds first, always in this order.

    The user row isn't locked: the creator's own taps would wait for it.
    """
    creator_id = withdrawal.creator_id
    ledger.lock(diamonds_of(withdrawal.creator))
    rows = Withdrawal.objects.select_for_update(of=("self",)).select_related("creator", "account__service")
    return rows.get(pk=withdrawal.pk, creator_id=creator_id)


def move(withdrawal: Withdrawal, status: str, *, by: str, why: str, now: datetime | None = None) -> None:
    """Change the status, with its step and its transfers. The caller holds the row's lock and has checked the move."""
    now = now or timezone.now()  # one moment for step and transfers: both must be in the same month
    was_paid = withdrawal.status == PAID
    withdrawal.status = status
    withdrawal.save()
    note_step(withdrawal, by=by, why=why, now=now)
    if status == PAID:
        _let_go(withdrawal, now)
    elif status in Withdrawal.GIVEN_BACK:
        _give_back(withdrawal, was_paid=was_paid, now=now)
    tell(withdrawal, by=by, why=why, now=now)


def note_step(withdrawal: Withdrawal, *, by: str, why: str, now: datetime | None = None) -> None:
    """Store the step: the status, its moment, author and reason."""
    WithdrawalStep.objects.create(
        withdrawal=withdrawal, status=withdrawal.status, by=by[:40], why=why[:200], at=now or timezone.now()
    )


def hold(withdrawal: Withdrawal, now: datetime) -> None:
    """Reserve the diamonds. Raise ledger.NotEnough."""
    ledger.post(
        debit=diamonds_of(withdrawal.creator),
        credit=held_of(withdrawal.creator),
        amount=withdrawal.diamonds,
        reason=Reason.HOLD,
        reference=withdrawal.id,
        now=now,
    )


def _advance(
    withdrawal: Withdrawal, answer: Answer, *, by: str, why: str = "", reference: str = "", now: datetime | None = None
) -> Withdrawal:
    """Move to the status that REPORTED has for the answer, if any."""
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        status = REPORTED[withdrawal.status][answer]
        if status not in (STAYS, PERSON):
            withdrawal.provider_reference = reference or withdrawal.provider_reference
            withdrawal.attention = withdrawal.attention_why = withdrawal.trouble = ""
            move(withdrawal, status, by=by, why=why or WHY[status], now=now)
    return withdrawal


def _wait_for_person(withdrawal: Withdrawal, answer: PayoutAnswer, *, by: str) -> None:
    if answer.answer == Answer.UNCLEAR:
        withdrawal.attention = Attention.UNKNOWN_STATUS
        why = f". {answer.why}" if answer.why else ", which we have no rule for."
        withdrawal.attention_why = f"{by} says {answer.status or 'something'}{why}"[:200]
    else:
        withdrawal.attention = Attention.CONTRADICTION
        said = answer.status or answer.answer.value
        withdrawal.attention_why = f"{by} says {said}, but this withdrawal is {withdrawal.get_status_display()} here."


def _note_report(withdrawal: Withdrawal, answer: PayoutAnswer, *, by: str, now: datetime) -> None:
    """Store the provider's answer if it differs from the last one."""
    status = answer.status or answer.answer.value
    # Webhooks are reports too, but not answers: compare with the last answer.
    last = withdrawal.reports.filter(event="").order_by("-id").first()
    said = (status, answer.cents, answer.fee_cents)
    if last and (last.status, last.cents, last.fee_cents) == said:
        return
    ProviderReport.objects.create(
        withdrawal=withdrawal, provider=by[:20], status=status[:40], cents=answer.cents,
        fee_cents=answer.fee_cents, why=answer.why[:200], at=now,
    )  # fmt: skip


def _let_go(withdrawal: Withdrawal, now: datetime) -> None:
    ledger.post(
        debit=held_of(withdrawal.creator),
        credit=accounts.DIAMONDS_REDEEMED,
        amount=withdrawal.diamonds,
        reason=Reason.PAY_OUT,
        reference=withdrawal.id,
        now=now,
    )
    ledger.post(
        debit=accounts.CENTS_PLATFORM,
        credit=accounts.CENTS_CREATORS,
        amount=withdrawal.cents,
        reason=Reason.PAY_OUT_CENTS,
        reference=withdrawal.id,
        now=now,
    )


def _give_back(withdrawal: Withdrawal, *, was_paid: bool, now: datetime) -> None:
    if was_paid:
        for reason in (Reason.PAY_OUT, Reason.PAY_OUT_CENTS):
            posted = ledger.posted(reason, withdrawal.id)
            assert posted, "a paid withdrawal has both transfers"
            ledger.reverse(posted, now=now)
    ledger.post(
        debit=held_of(withdrawal.creator),
        credit=diamonds_of(withdrawal.creator),
        amount=withdrawal.diamonds,
        reason=Reason.RELEASE,
        reference=withdrawal.id,
        now=now,
    )
    give_back_allowance(withdrawal.creator, withdrawal.cents, week=withdrawal.week)
