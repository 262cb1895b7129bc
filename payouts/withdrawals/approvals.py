"""An operator's verbs for a withdrawal that waits for a person: approve, refuse, look up, mark as paid, give back.

Each verb locks the row, refuses if the withdrawal has moved on, and writes the reason into the operators' history.
`why_not_…` gives the refusal beforehand, so that no screen offers the verb.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone

from payouts.models import PayoutTerms, ProviderReport, Withdrawal, WithdrawalApproval
from payouts.models.due import RESEND_WITHIN, lease
from payouts.withdrawals.offers import arrives_by
from payouts.withdrawals.transitions import lock_withdrawal, mark_paid, move, return_withdrawal
from people.models import User
from people.refusals import Refusal
from people.text.pasted import plain

Status = Withdrawal.Status
Attention = Withdrawal.Attention

# The `provider` of a report that an operator has read at the provider: this and the operator's key.
BY_OPERATOR = "operator:"
SAYS_PAID, SAYS_NOT_PAID = "PAID", "NOT PAID"
LONGEST_REFERENCE = 70
# The provider's answer is unknown or missing, so no rule goes on from here.
LEFT_OPEN = (Attention.UNKNOWN_STATUS, Attention.UNANSWERED)


class OperatingRefused(Refusal):
    """The withdrawal isn't in a state for this, or no longer; nothing was changed."""


def approve_withdrawal(withdrawal: Withdrawal, *, by: User, why: str, now: datetime | None = None) -> Withdrawal:
    """Approve a withdrawal; with enough different operators the worker sends it. Raise OperatingRefused."""
    now = now or timezone.now()
    with _locked(withdrawal, why_not_approve, by, why, now) as withdrawal:
        WithdrawalApproval.objects.create(withdrawal=withdrawal, by=by, why=why[:200], at=now)
        given = withdrawal.approvals.count()
        if given >= withdrawal.approvals_needed:
            # The days until arrival count from the approval: otherwise it would be late on the day it is sent.
            withdrawal.arrives_by = arrives_by(now, PayoutTerms.objects.at(now))
            withdrawal.save(update_fields=["arrives_by"])
            _clear_attention(withdrawal)
        _log(withdrawal, by, f"Approved, {given} of {withdrawal.approvals_needed}", why)
    return withdrawal


def refuse_withdrawal(withdrawal: Withdrawal, *, by: User, why: str, now: datetime | None = None) -> Withdrawal:
    """Cancel a withdrawal that was never sent; diamonds and allowance come back. Raise OperatingRefused."""
    now = now or timezone.now()
    with _locked(withdrawal, why_not_refuse, by, why, now) as withdrawal:
        _clear_attention(withdrawal)
        move(withdrawal, Status.CANCELLED, by=by.email, why=why, now=now)
        _log(withdrawal, by, "Refused", why)
    return withdrawal


def retry_withdrawal(withdrawal: Withdrawal, *, by: User, why: str, now: datetime | None = None) -> Withdrawal:
    """Let the worker ask the provider at once, or send it again with the same id. Raise OperatingRefused."""
    now = now or timezone.now()
    with _locked(withdrawal, why_not_retry, by, why, now) as withdrawal:
        withdrawal.ask_now = True
        withdrawal.save(update_fields=["ask_now"])
        # An unknown status stays marked until another status comes; a missing answer doesn't.
        if withdrawal.attention == Attention.UNANSWERED:
            _clear_attention(withdrawal)
        _log(withdrawal, by, "Asked again", why)
    return withdrawal


def mark_as_paid(
    withdrawal: Withdrawal, *, by: User, why: str, reference: str, now: datetime | None = None
) -> Withdrawal:
    """Book a payment that the provider has made but doesn't report; return the Withdrawal. Raise OperatingRefused.

    Above the amount for two people it stays as it is until another operator names the same reference.
    """
    now = now or timezone.now()
    reference = plain(reference)
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise OperatingRefused(f"Name the provider's reference, of at most {LONGEST_REFERENCE} characters.")
    with _locked(withdrawal, why_not_conclude, by, why, now) as withdrawal:
        _refuse_known_reference(withdrawal, reference)
        agreeing = _keep_report(withdrawal, SAYS_PAID, f"{SAYS_PAID}:{reference}", by=by, why=why, now=now)
        needed = people_to_conclude(withdrawal)
        _log(withdrawal, by, f"Paid by the provider, reference {reference}, {agreeing} of {needed}", why)
        if agreeing < needed:
            return withdrawal
        # Look-ups need the provider's own reference, so the operator's doesn't overwrite it.
        kept, words = withdrawal.provider_reference or reference, f"Paid, the provider's reference is {reference}"
        return mark_paid(withdrawal, reference=kept, by=by.email, why=words, now=now)


def give_back(withdrawal: Withdrawal, *, by: User, why: str, now: datetime | None = None) -> Withdrawal:
    """Give back a withdrawal that the provider hasn't paid; return the Withdrawal. Raise OperatingRefused.

    Above the amount for two people it stays as it is until another operator says the same.
    """
    now = now or timezone.now()
    with _locked(withdrawal, why_not_give_back, by, why, now) as withdrawal:
        event = f"{SAYS_NOT_PAID}:{withdrawal.id}"
        agreeing = _keep_report(withdrawal, SAYS_NOT_PAID, event, by=by, why=why, now=now)
        needed = people_to_conclude(withdrawal)
        _log(withdrawal, by, f"Not paid by the provider, {agreeing} of {needed}", why)
        if agreeing < needed:
            return withdrawal
        return return_withdrawal(withdrawal, status=Status.FAILED, by=by.email, why=why, now=now)


def acknowledge(withdrawal: Withdrawal, *, by: User, why: str, now: datetime | None = None) -> Withdrawal:
    """Remove a closed withdrawal from the queue after an operator's check. Nothing moves. Raise OperatingRefused."""
    now = now or timezone.now()
    with _locked(withdrawal, why_not_acknowledge, by, why, now) as withdrawal:
        said = withdrawal.attention_why
        _clear_attention(withdrawal)
        _log(withdrawal, by, f"Looked into: {said}", why)
    return withdrawal


# --- What would be refused, in words; empty when it is possible -------------------------------------


def why_not_approve(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    if not withdrawal.waits_for_approval:
        return f"It doesn't wait for an approval: it is {_place(withdrawal)}."
    for approval in withdrawal.approvals.all():
        if approval.by_id == by.pk:
            return f"You approved it on {_moment(approval.at)}. Another operator must approve it too."
    if not withdrawal.creator.is_active:
        return "The creator's account is closed. Open it again first, or refuse the withdrawal."
    return _why_not_own(withdrawal, by)


def why_not_refuse(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    if not withdrawal.can_be_cancelled:
        return f"Only what was never sent can be refused: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def why_not_retry(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    if withdrawal.attention not in LEFT_OPEN or not withdrawal.first_sent_at:
        return f"There is nothing to ask the provider again: it is {_place(withdrawal)}."
    if withdrawal.is_unnamed and not withdrawal.may_be_resent(now):
        return (
            f"It was first sent on {_moment(withdrawal.first_sent_at)}, {RESEND_WITHIN.days} days ago or more. After "
            "30 days a provider forgets its id, and could pay it a second time. Look it up there and conclude it by "
            "hand."
        )
    if withdrawal.ask_now:
        return "The provider is being asked already. Look again in a minute."
    return _why_not_own(withdrawal, by)


def why_not_conclude(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    if withdrawal.attention not in LEFT_OPEN or not withdrawal.is_open:
        return f"Only what the provider left open is concluded by hand: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def why_not_give_back(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    if refused := why_not_conclude(withdrawal, by, now):
        return refused
    # A race: given back while a worker sends it, it could still be paid. A look-up pays nothing.
    if withdrawal.status == Status.REQUESTED:
        if withdrawal.ask_now and withdrawal.is_unnamed and withdrawal.may_be_resent(now):
            return "The worker is about to send it again. Look again in a minute."
        if withdrawal.taken_at and withdrawal.taken_at > now - lease():
            free = f"{withdrawal.taken_at + lease():%H:%M:%S} UTC"
            return f"A worker has just taken it up. It can be given back from {free} on."
    for report in operators_reports(withdrawal):
        if report.status == SAYS_NOT_PAID and report.provider == _name(by):
            return f"You said on {_moment(report.at)} that it wasn't paid. Another operator must say so too."
    return ""


def why_not_acknowledge(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    # A closed withdrawal can't be marked as paid or given back: its unknown status would stay on the queue for ever.
    is_over = withdrawal.attention == Attention.UNKNOWN_STATUS and not withdrawal.is_open
    if withdrawal.attention != Attention.CONTRADICTION and not is_over:
        return f"The provider and the books don't contradict each other: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def people_to_conclude(withdrawal: Withdrawal) -> int:
    """Return how many operators must say the same before it is marked as paid or given back: as for its approval."""
    return max(1, withdrawal.approvals_needed)


def operators_reports(withdrawal: Withdrawal) -> list[ProviderReport]:
    """Return the reports of operators, the oldest first; the queue prefetches them as `operators_reports`."""
    if hasattr(withdrawal, "operators_reports"):
        return withdrawal.operators_reports
    return list(withdrawal.reports.filter(provider__startswith=BY_OPERATOR).order_by("id"))


def _why_not_own(withdrawal: Withdrawal, by: User) -> str:
    return "It is your own withdrawal: another operator must look at it." if withdrawal.creator_id == by.pk else ""


def _place(withdrawal: Withdrawal) -> str:
    if withdrawal.attention:
        return f"waiting for a person ({withdrawal.get_attention_display().lower()})"
    return withdrawal.get_status_display().lower()


def _moment(moment: datetime) -> str:
    return f"{moment:%-d %b %Y, %H:%M} UTC"


# --- How it is done -------------------------------------------------------------------------------


@contextmanager
def _locked(
    withdrawal: Withdrawal, why_not: Callable[[Withdrawal, User, datetime], str], by: User, why: str, now: datetime
) -> Iterator[Withdrawal]:
    """Yield the fresh row, locked until the transaction ends; raise OperatingRefused if the verb isn't possible."""
    if not why.strip():
        raise OperatingRefused("Say why. Nothing was changed.")
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        if refused := why_not(withdrawal, by, now):
            raise OperatingRefused(refused)
        yield withdrawal


def _clear_attention(withdrawal: Withdrawal) -> None:
    withdrawal.attention = withdrawal.attention_why = ""
    withdrawal.save(update_fields=["attention", "attention_why"])


def _keep_report(withdrawal: Withdrawal, status: str, event: str, *, by: User, why: str, now: datetime) -> int:
    """Store an operator's report, each once; return how many different operators report the same."""
    ProviderReport.objects.get_or_create(
        provider=_name(by),
        event=event,
        defaults={"withdrawal": withdrawal, "status": status, "why": f"{by.name}: {why}"[:200], "at": now},
    )
    return withdrawal.reports.filter(event=event, provider__startswith=BY_OPERATOR).count()


def _refuse_known_reference(withdrawal: Withdrawal, reference: str) -> None:
    """Refuse a reference of another withdrawal: one payment of the provider pays one withdrawal."""
    others = Withdrawal.objects.filter(provider_reference=reference).exclude(pk=withdrawal.pk)
    said = ProviderReport.objects.filter(event=f"{SAYS_PAID}:{reference}", provider__startswith=BY_OPERATOR)
    if others.exists() or said.exclude(withdrawal=withdrawal).exists():
        raise OperatingRefused(f"The reference {reference} belongs to another withdrawal already. Look it up again.")


def _name(operator: User) -> str:
    return f"{BY_OPERATOR}{operator.pk}"


def _log(withdrawal: Withdrawal, by: User, what: str, why: str) -> None:
    LogEntry.objects.log_actions(by.pk, [withdrawal], CHANGE, f"{what}. Reason: {why}", single_object=True)
