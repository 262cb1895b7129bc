"""Sending: one transaction takes withdrawals up, the provider is called outside of any, another records the answer."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, Left
from django.utils import timezone

from payouts.gateways import Answer, Payout, PayoutAnswer, PayoutGateway, payout_gateway
from payouts.gateways.heard import note_call
from payouts.models import ProviderReport, Withdrawal
from payouts.models.due import CONCLUDED_WITHIN
from payouts.play_money import refuse_play_money
from payouts.withdrawals.transitions import lock_withdrawal, record_answer
from payouts.withdrawals.withdrawals import WithdrawalRefused
from people.outages import is_outage

log = logging.getLogger(__name__)

Status = Withdrawal.Status
Attention = Withdrawal.Attention

# Withdrawals of one batch: few enough to be finished before the lease ends and another worker may take them.
AT_ONCE = 20


def send_withdrawals(*, now: datetime | None = None, limit: int = 100) -> int:
    """Send requested withdrawals and look up sent ones and those with news; return how many were taken up."""
    refuse_play_money()
    leave_old_ones_to_a_person(now=now)
    return _ask_in_batches(_due_to_send_or_look_up, now, limit)


def reconcile_withdrawals(*, now: datetime | None = None, limit: int = 100) -> int:
    """Look up paid withdrawals, which may still come back; return how many were taken up."""
    return _ask_in_batches(Withdrawal.objects.due_to_reconcile, now, limit)


def leave_old_ones_to_a_person(*, now: datetime | None = None) -> int:
    """Mark withdrawals that got no answer for 29 days, or stay on the way for 35; return how many."""
    now = now or timezone.now()
    marked = 0
    for rows, words in (
        (
            Withdrawal.objects.silent_too_long(now),
            "No usable answer since it was first sent. Look it up at the provider by its id. ",
        ),
        (
            Withdrawal.objects.on_the_way_too_long(now),
            f"Still on the way {CONCLUDED_WITHIN.days} days after it was sent. Look it up at the provider. ",
        ),
    ):
        why = Left(Concat(Value(words), "trouble"), 200)
        marked += rows.update(attention=Attention.UNANSWERED, attention_why=why)
    if marked:
        log.error("%s withdrawals are too old to be sent again or to be on the way still: a person must look", marked)
    return marked


def can_be_called_back(withdrawal: Withdrawal) -> bool:
    """Return whether a sent withdrawal was unclaimed at the last look-up."""
    return withdrawal.status == Status.SENT and withdrawal.provider_status == "UNCLAIMED"


def call_back_withdrawal(withdrawal: Withdrawal, *, by: str) -> Withdrawal:
    """Cancel an unclaimed withdrawal at the provider; return the Withdrawal once it is back.

    Raise WithdrawalRefused if it isn't unclaimed (any more), or if the provider gave no answer: then it may be back
    or not, and the worker asks again.
    """
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        if withdrawal.status == Status.RETURNED:
            return withdrawal
        if not can_be_called_back(withdrawal):
            raise WithdrawalRefused(_why_not_called_back(withdrawal))
        # Commit the author before calling the provider. After a crash here the worker looks the withdrawal up.
        withdrawal.ask_now = True
        withdrawal.save(update_fields=["ask_now"])
        ProviderReport.objects.create(
            withdrawal=withdrawal, provider=withdrawal.provider, status="CALL_BACK", why=f"Called back by {by}"[:200]
        )
    withdrawal = _call_back(withdrawal)
    if withdrawal.status != Status.RETURNED:
        raise WithdrawalRefused(_why_not_called_back(withdrawal))
    return withdrawal


def _why_not_called_back(withdrawal: Withdrawal) -> str:
    service = withdrawal.account.service
    if can_be_called_back(withdrawal):
        return f"{service} gave no answer, so it may be back or not. This page will say so; you may also try again."
    if withdrawal.status == Status.SENT:
        return f"This withdrawal isn't waiting to be claimed any more: {service} has it in hand."
    place = withdrawal.get_status_display().lower()
    return f"This withdrawal is {place}; only one that lies at {service} unclaimed can be called back."


# --- One round ------------------------------------------------------------------------------------


def _due_to_send_or_look_up(now: datetime) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.due_to_send(now) | Withdrawal.objects.due_to_look_up(now)


def _ask_in_batches(due: Callable[[datetime], QuerySet[Withdrawal]], now: datetime | None, limit: int) -> int:
    """Take up what is `due(moment)` and ask the provider, at most `limit`; stop early when the provider is slow."""
    until = time.monotonic() + settings.PAYOUT_LEASE_SECONDS / 3
    asked = 0
    while asked < limit and time.monotonic() < until:
        moment = now or timezone.now()
        taken = _take_up(due(moment), moment, min(AT_ONCE, limit - asked))
        _ask_about_each(taken, now=now)
        asked += len(taken)
        if len(taken) < AT_ONCE:
            break
    return asked


def _take_up(due: QuerySet[Withdrawal], now: datetime, limit: int) -> list[Withdrawal]:
    with transaction.atomic():
        rows = due
        if connection.features.has_select_for_update_skip_locked:
            rows = due.select_for_update(skip_locked=True, of=("self",))
        # The least recently taken up comes first, so that a hundred slow ones can't block the others.
        rows = rows.select_related("creator", "account__service")
        taken = list(rows.order_by(F("taken_at").asc(nulls_first=True), "requested_at")[:limit])
        # Commit the intent before calling the provider: after a crash it may have the payout.
        rows = Withdrawal.objects.filter(pk__in=[withdrawal.pk for withdrawal in taken])
        rows.update(taken_at=now, first_sent_at=Coalesce("first_sent_at", now))
    for withdrawal in taken:
        withdrawal.taken_at = now
    return taken


def _ask_about_each(taken: list[Withdrawal], *, now: datetime | None = None) -> None:
    """Call the provider for each, for a third of the lease at most. The rest of the batch waits for the next round.

    The other two thirds are for the current one: its calls may each run into a time-out and be retried.
    """
    until = time.monotonic() + settings.PAYOUT_LEASE_SECONDS / 3
    for withdrawal in taken:
        if time.monotonic() > until:
            log.warning("the provider is slow: some withdrawals wait for the next round")
            return
        try:
            if _is_still_ours(withdrawal):
                _send_or_look_up(withdrawal, now or timezone.now())
        except Exception as error:
            if is_outage(error):
                raise  # the database is away for the next one too
            log.exception("withdrawal %s: asking the provider failed, the next one is asked", withdrawal.id)


def _is_still_ours(withdrawal: Withdrawal) -> bool:
    """Return whether the row is unchanged since it was taken up: its turn in the batch may come much later."""
    same = Withdrawal.objects.filter(pk=withdrawal.pk, status=withdrawal.status, attention=withdrawal.attention)
    return same.filter(taken_at=withdrawal.taken_at).exists()


# --- One withdrawal -------------------------------------------------------------------------------


def _send_or_look_up(withdrawal: Withdrawal, now: datetime) -> Withdrawal:
    """Send what the provider hasn't named, while that pays at most once; look up the rest."""
    if withdrawal.is_unnamed and withdrawal.may_be_resent(now):
        return _send(withdrawal)
    return _look_up(withdrawal)


def _send(withdrawal: Withdrawal) -> Withdrawal:
    return _record_answer_of(withdrawal, lambda gateway, payout: gateway.send(payout))


def _look_up(withdrawal: Withdrawal) -> Withdrawal:
    return _record_answer_of(withdrawal, lambda gateway, payout: gateway.look_up(payout))


def _call_back(withdrawal: Withdrawal) -> Withdrawal:
    return _record_answer_of(withdrawal, lambda gateway, payout: gateway.call_back(payout))


def _record_answer_of(withdrawal: Withdrawal, ask: Callable[[PayoutGateway, Payout], PayoutAnswer]) -> Withdrawal:
    """Let `ask(gateway, payout)` call the provider, outside of any transaction, and record the answer."""
    gateway = payout_gateway(withdrawal.provider)
    account = withdrawal.account
    payout = Payout(
        id=withdrawal.id,
        cents=withdrawal.cents,
        receiver=account.receiver,
        service=account.service.slug,
        country=account.country.code,
        reference=withdrawal.provider_reference,
        item=withdrawal.provider_item,
    )
    asked_at = timezone.now()
    try:
        answer = ask(gateway, payout)
    except Exception as error:  # It may have been paid before the error: conclude nothing.
        log.exception("withdrawal %s: asking %s failed", withdrawal.id, gateway.slug)
        answer = PayoutAnswer(Answer.UNKNOWN, why=f"{gateway.slug} could not be asked: {type(error).__name__}")
    if withdrawal.status == Status.PAID and answer.status == "NOT_FOUND":
        # An operator may have marked it as paid with another reference: "not found" doesn't contradict the payment.
        answer = replace(answer, answer=Answer.UNKNOWN)
    if answer.answer == Answer.UNKNOWN:
        log.warning("withdrawal %s: no answer from %s, asked again later", withdrawal.id, gateway.slug)
    recorded = record_answer(withdrawal, answer, by=gateway.slug, asked_at=asked_at)
    note_call(gateway.slug, answer, now=timezone.now())
    return recorded
