"""What an operator may do about a withdrawal that waits for a person: approve, refuse, ask again, settle by hand.

Each verb holds the row as every other move does, refuses what isn't possible any more, and leaves a line with the
reason in the operators' history. `why_not_…` says beforehand what the verb would refuse, so that no screen offers it.
"""

from contextlib import contextmanager

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone

from payouts.models import PayoutTerms, ProviderReport, Withdrawal, WithdrawalApproval
from payouts.models.due import RESEND_WITHIN, lease
from payouts.withdrawals.offers import arrives_by
from payouts.withdrawals.transitions import lock_withdrawal, mark_paid, move, return_withdrawal
from people.refusals import Refusal
from people.text.pasted import plain

Status = Withdrawal.Status
Attention = Withdrawal.Attention

# Under this name and the operator's key a report keeps what an operator has read at the provider.
BY_OPERATOR = "operator:"
SAYS_PAID, SAYS_NOT_PAID = "PAID", "NOT PAID"
LONGEST_REFERENCE = 70
# The provider was asked, and what it said (or didn't) leads nowhere by itself.
LEFT_OPEN = (Attention.UNKNOWN_STATUS, Attention.UNANSWERED)


class OperatingRefused(Refusal):
    """The withdrawal isn't, or is no longer, where this can be done; nothing was changed."""


def approve_withdrawal(withdrawal, *, by, why, now=None):
    """Say yes to what waits for it; with enough different operators it is sent. Raise OperatingRefused."""
    now = now or timezone.now()
    with _held(withdrawal, why_not_approve, by, why, now) as withdrawal:
        WithdrawalApproval.objects.create(withdrawal=withdrawal, by=by, why=why[:200], at=now)
        given = withdrawal.approvals.count()
        if given >= withdrawal.approvals_needed:
            # The days count from here, or what waited for us would be late on the day it is sent.
            withdrawal.arrives_by = arrives_by(now, PayoutTerms.objects.at(now))
            withdrawal.save(update_fields=["arrives_by"])
            _needs_nobody(withdrawal)
        _log(withdrawal, by, f"Approved, {given} of {withdrawal.approvals_needed}", why)
    return withdrawal


def refuse_withdrawal(withdrawal, *, by, why, now=None):
    """Cancel what was never sent; diamonds and allowance come back, the creator reads why. Raise OperatingRefused."""
    now = now or timezone.now()
    with _held(withdrawal, why_not_refuse, by, why, now) as withdrawal:
        _needs_nobody(withdrawal)
        move(withdrawal, Status.CANCELLED, by=by.email, why=why, now=now)
        _log(withdrawal, by, "Refused", why)
    return withdrawal


def retry_withdrawal(withdrawal, *, by, why, now=None):
    """Let the worker ask the provider at once, or send it again with the same id. Raise OperatingRefused."""
    now = now or timezone.now()
    with _held(withdrawal, why_not_retry, by, why, now) as withdrawal:
        withdrawal.ask_now = True
        withdrawal.save(update_fields=["ask_now"])
        # A status that we don't know stays marked until another one comes; silence is over when it is broken.
        if withdrawal.attention == Attention.UNANSWERED:
            _needs_nobody(withdrawal)
        _log(withdrawal, by, "Asked again", why)
    return withdrawal


def mark_as_paid(withdrawal, *, by, why, reference, now=None):
    """Book what the provider has paid and doesn't say; return the Withdrawal. Raise OperatingRefused.

    Above the amount for two people it stays as it is until another operator names the same reference.
    """
    now = now or timezone.now()
    reference = plain(reference)
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise OperatingRefused(f"Name the provider's reference, of at most {LONGEST_REFERENCE} characters.")
    with _held(withdrawal, why_not_settle, by, why, now) as withdrawal:
        _refuse_known_reference(withdrawal, reference)
        said = _keep_statement(withdrawal, SAYS_PAID, f"{SAYS_PAID}:{reference}", by=by, why=why, now=now)
        needed = people_to_settle(withdrawal)
        _log(withdrawal, by, f"Paid by the provider, reference {reference}, {said} of {needed}", why)
        if said < needed:
            return withdrawal
        # What the provider called it when it was sent is what it is asked by: that isn't overwritten.
        kept, words = withdrawal.provider_reference or reference, f"Paid, the provider's reference is {reference}"
        return mark_paid(withdrawal, reference=kept, by=by.email, why=words, now=now)


def give_back(withdrawal, *, by, why, now=None):
    """Give back what the provider is known not to have paid; return the Withdrawal. Raise OperatingRefused.

    Above the amount for two people it stays as it is until another operator says the same.
    """
    now = now or timezone.now()
    with _held(withdrawal, why_not_give_back, by, why, now) as withdrawal:
        event = f"{SAYS_NOT_PAID}:{withdrawal.id}"
        said = _keep_statement(withdrawal, SAYS_NOT_PAID, event, by=by, why=why, now=now)
        _log(withdrawal, by, f"Not paid by the provider, {said} of {people_to_settle(withdrawal)}", why)
        if said < people_to_settle(withdrawal):
            return withdrawal
        return return_withdrawal(withdrawal, status=Status.FAILED, by=by.email, why=why, now=now)


def acknowledge(withdrawal, *, by, why, now=None):
    """Take what is over and was looked into off the queue. Nothing moves. Raise OperatingRefused."""
    now = now or timezone.now()
    with _held(withdrawal, why_not_acknowledge, by, why, now) as withdrawal:
        said = withdrawal.attention_why
        _needs_nobody(withdrawal)
        _log(withdrawal, by, f"Looked into: {said}", why)
    return withdrawal


# --- What would be refused, in words; empty when it is possible -------------------------------------


def why_not_approve(withdrawal, by, now):
    if not withdrawal.waits_for_approval:
        return f"It doesn't wait for an approval: it is {_place(withdrawal)}."
    for approval in withdrawal.approvals.all():
        if approval.by_id == by.pk:
            return f"You approved it on {_moment(approval.at)}. Another operator must approve it too."
    if not withdrawal.creator.is_active:
        return "The creator's account is closed. Open it again first, or refuse the withdrawal."
    return _why_not_own(withdrawal, by)


def why_not_refuse(withdrawal, by, now):
    if not withdrawal.can_be_cancelled:
        return f"Only what was never sent can be refused: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def why_not_retry(withdrawal, by, now):
    if withdrawal.attention not in LEFT_OPEN or not withdrawal.first_sent_at:
        return f"There is nothing to ask the provider again: it is {_place(withdrawal)}."
    if withdrawal.is_unnamed and not withdrawal.may_be_resent(now):
        return (
            f"It was first sent on {_moment(withdrawal.first_sent_at)}, {RESEND_WITHIN.days} days ago or more. After "
            "30 days a provider forgets its id, and could pay it a second time. Look it up there and settle it by hand."
        )
    if withdrawal.ask_now:
        return "The provider is being asked already. Look again in a minute."
    return _why_not_own(withdrawal, by)


def why_not_settle(withdrawal, by, now):
    if withdrawal.attention not in LEFT_OPEN or not withdrawal.is_open:
        return f"Only what the provider left open is settled by hand: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def why_not_give_back(withdrawal, by, now):
    if refused := why_not_settle(withdrawal, by, now):
        return refused
    # Given back while a worker sends it, it could be paid all the same. Asking what became of it pays nothing.
    if withdrawal.status == Status.REQUESTED:
        if withdrawal.ask_now and withdrawal.is_unnamed and withdrawal.may_be_resent(now):
            return "The worker is about to send it again. Look again in a minute."
        if withdrawal.taken_at and withdrawal.taken_at > now - lease():
            free = f"{withdrawal.taken_at + lease():%H:%M:%S} UTC"
            return f"A worker has just taken it up. It can be given back from {free} on."
    for statement in statements_of(withdrawal):
        if statement.status == SAYS_NOT_PAID and statement.provider == _name(by):
            return f"You said on {_moment(statement.at)} that it wasn't paid. Another operator must say so too."
    return ""


def why_not_acknowledge(withdrawal, by, now):
    # What is over can't be settled by hand any more, so an unknown status of it would stay on the queue for ever.
    is_over = withdrawal.attention == Attention.UNKNOWN_STATUS and not withdrawal.is_open
    if withdrawal.attention != Attention.CONTRADICTION and not is_over:
        return f"The provider and the books don't contradict each other: it is {_place(withdrawal)}."
    return _why_not_own(withdrawal, by)


def people_to_settle(withdrawal):
    """Return how many operators must say the same before a withdrawal is settled by hand: as for its approval."""
    return max(1, withdrawal.approvals_needed)


def statements_of(withdrawal):
    """Return what operators have read at the provider, the oldest first; prefetched as `statements` by the queue."""
    if hasattr(withdrawal, "statements"):
        return withdrawal.statements
    return list(withdrawal.reports.filter(provider__startswith=BY_OPERATOR).order_by("id"))


def _why_not_own(withdrawal, by):
    return "It is your own withdrawal: another operator must look at it." if withdrawal.creator_id == by.pk else ""


def _place(withdrawal):
    if withdrawal.attention:
        return f"waiting for a person ({withdrawal.get_attention_display().lower()})"
    return withdrawal.get_status_display().lower()


def _moment(moment):
    return f"{moment:%-d %b %Y, %H:%M} UTC"


# --- How it is done -------------------------------------------------------------------------------


@contextmanager
def _held(withdrawal, why_not, by, why, now):
    """Yield the row as it is now, held to the end of the transaction; raise OperatingRefused if it can't be done."""
    if not why.strip():
        raise OperatingRefused("Say why. Nothing was changed.")
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        if refused := why_not(withdrawal, by, now):
            raise OperatingRefused(refused)
        yield withdrawal


def _needs_nobody(withdrawal):
    withdrawal.attention = withdrawal.attention_why = ""
    withdrawal.save(update_fields=["attention", "attention_why"])


def _keep_statement(withdrawal, status, event, *, by, why, now):
    """Keep what an operator says of the provider, each once; return how many different operators say the same."""
    ProviderReport.objects.get_or_create(
        provider=_name(by),
        event=event,
        defaults={"withdrawal": withdrawal, "status": status, "why": f"{by.name}: {why}"[:200], "at": now},
    )
    return withdrawal.reports.filter(event=event, provider__startswith=BY_OPERATOR).count()


def _refuse_known_reference(withdrawal, reference):
    """One payment of the provider pays one withdrawal."""
    others = Withdrawal.objects.filter(provider_reference=reference).exclude(pk=withdrawal.pk)
    said = ProviderReport.objects.filter(event=f"{SAYS_PAID}:{reference}", provider__startswith=BY_OPERATOR)
    if others.exists() or said.exclude(withdrawal=withdrawal).exists():
        raise OperatingRefused(f"The reference {reference} belongs to another withdrawal already. Look it up again.")


def _name(operator):
    return f"{BY_OPERATOR}{operator.pk}"


def _log(withdrawal, by, what, why):
    LogEntry.objects.log_actions(by.pk, [withdrawal], CHANGE, f"{what}. Reason: {why}", single_object=True)
