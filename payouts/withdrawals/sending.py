"""Sending withdrawals: taken up in one transaction, asked of the provider outside of any, recorded in a third."""

import logging
import time
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Left
from django.utils import timezone

from payouts.gateways import Answer, Payout, PayoutAnswer, payout_gateway
from payouts.models import ProviderReport, Withdrawal
from payouts.play_money import refuse_play_money
from payouts.withdrawals.transitions import lock_withdrawal, record_answer
from payouts.withdrawals.withdrawals import WithdrawalRefused
from people.outages import is_outage

log = logging.getLogger(__name__)

Status = Withdrawal.Status
Attention = Withdrawal.Attention

# So many are taken up at once: few enough for what is taken up to be done before another worker may have it.
AT_ONCE = 20
# A provider needs seconds for most; what it keeps for longer waits for a person or a bank, who aren't hurried by us.
FRESH_FOR = timedelta(minutes=10)
HALF_AN_HOUR = timedelta(minutes=30)
# Providers forget ids after 30 days; from then on nothing is sent again by itself.
RESEND_WITHIN = timedelta(days=29)
# Money that nobody claims comes back after 30 days, so by now it should be paid or back.
SETTLED_WITHIN = timedelta(days=35)
# What was paid may still come back. It is asked after once a day, for so long.
PAID_COMES_BACK_WITHIN = timedelta(days=45)
A_DAY = timedelta(days=1)


def send_withdrawals(*, now=None, limit=100):
    """Send what is requested, ask after what was sent or is said to have changed; return how many were taken up."""
    refuse_play_money()
    leave_old_ones_to_a_person(now=now)
    return _settle_in_batches(lambda moment: _to_send(moment) | _to_ask_after(moment), now, limit)


def reconcile_withdrawals(*, now=None, limit=100):
    """Ask after what was paid, and name what nothing is known of any more; return how many were asked after."""
    return _settle_in_batches(_paid_ones, now, limit)


def leave_old_ones_to_a_person(*, now=None):
    """Mark what was never answered and is too old to be sent again, and what stays on the way; return how many."""
    now = now or timezone.now()
    sent_once = Withdrawal.objects.filter(first_sent_at__isnull=False, attention=Attention.NONE)
    silent = sent_once.filter(status=Status.REQUESTED).exclude(_may_be_resent(now))
    endless = sent_once.filter(status=Status.SENT, first_sent_at__lte=now - SETTLED_WITHIN)
    marked = 0
    for rows, words in (
        (silent, "No usable answer since it was first sent. Look it up at the provider by its id. "),
        (endless, f"Still on the way {SETTLED_WITHIN.days} days after it was sent. Look it up at the provider. "),
    ):
        why = Left(Concat(Value(words), "trouble"), 200)
        marked += rows.update(attention=Attention.UNANSWERED, attention_why=why)
    if marked:
        log.error("%s withdrawals are too old to be sent again or to be on the way still: a person must look", marked)
    return marked


def can_be_called_back(withdrawal):
    """Say whether a withdrawal that was sent lies at the provider unclaimed, as far as we know."""
    return withdrawal.status == Status.SENT and withdrawal.provider_status == "UNCLAIMED"


def call_back_withdrawal(withdrawal, *, by):
    """Ask the provider for a withdrawal that nobody has claimed; return the Withdrawal once it is back.

    Raise WithdrawalRefused if it isn't unclaimed (any more), or if the provider gave no answer: then it may be back
    or not, and the worker asks again.
    """
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        if withdrawal.status == Status.RETURNED:
            return withdrawal
        if not can_be_called_back(withdrawal):
            raise WithdrawalRefused(_why_not_called_back(withdrawal))
        # Who wanted it, before the provider hears of it. If we die here, the worker asks what became of it.
        withdrawal.ask_now = True
        withdrawal.save(update_fields=["ask_now"])
        ProviderReport.objects.create(
            withdrawal=withdrawal, provider=withdrawal.provider, status="CALL_BACK", why=f"Called back by {by}"[:200]
        )
    withdrawal = _ask(withdrawal, "call_back")
    if withdrawal.status != Status.RETURNED:
        raise WithdrawalRefused(_why_not_called_back(withdrawal))
    return withdrawal


def _why_not_called_back(withdrawal):
    service = withdrawal.account.service
    if can_be_called_back(withdrawal):
        return f"{service} gave no answer, so it may be back or not. This page will say so; you may also try again."
    if withdrawal.status == Status.SENT:
        return f"This withdrawal isn't waiting to be claimed any more: {service} has it in hand."
    place = withdrawal.get_status_display().lower()
    return f"This withdrawal is {place}; only one that lies at {service} unclaimed can be called back."


# --- What is due ----------------------------------------------------------------------------------


def _to_send(now):
    """What is requested: never taken up, or by a worker that died. The same id again is harmless for 29 days."""
    again = Q(first_sent_at__gt=now - FRESH_FOR) & Q(taken_at__lt=now - _lease())
    again |= Q(first_sent_at__lte=now - FRESH_FOR) & Q(taken_at__lt=now - max(_lease(), HALF_AN_HOUR))
    due = Q(taken_at=None) | Q(first_sent_at=None, taken_at__lt=now - _lease()) | (again & _may_be_resent(now))
    return Q(status=Status.REQUESTED, attention=Attention.NONE) & due


def _to_ask_after(now):
    """What was sent, however old it is: asking pays nothing, and money that nobody claims comes back after 30 days."""
    soon = Q(taken_at=None) | Q(taken_at__lt=now - timedelta(seconds=settings.PAYOUT_ASK_SECONDS))
    sent = Q(first_sent_at=None) | Q(first_sent_at__gt=now - FRESH_FOR) | Q(taken_at__lt=now - HALF_AN_HOUR)
    told = Q(ask_now=True, first_sent_at__isnull=False)
    # What the provider hasn't named yet can't be asked after: it is sent again, unless somebody is at it right now.
    unnamed = Q(status=Status.REQUESTED, provider_reference="", provider_item="")
    told &= ~unnamed | (Q(taken_at__lt=now - _lease()) & _may_be_resent(now))
    # What is over and got no answer isn't asked after every few seconds for as long as that lasts.
    told &= Q(status__in=Withdrawal.OPEN) | Q(trouble="") | Q(taken_at__lt=now - _lease())
    # A first answer in a status that we don't know leaves it requested here, though the provider has it.
    unknown = Q(status=Status.REQUESTED, attention=Attention.UNKNOWN_STATUS, taken_at__lt=now - HALF_AN_HOUR)
    return soon & (Q(status=Status.SENT) & sent | unknown & ~unnamed | told)


def _paid_ones(now):
    paid = Q(status=Status.PAID, requested_at__gt=now - PAID_COMES_BACK_WITHIN)
    return paid & (Q(taken_at=None) | Q(taken_at__lt=now - A_DAY))


def _may_be_resent(now):
    return Q(first_sent_at=None) | Q(first_sent_at__gt=now - RESEND_WITHIN)


def _lease():
    """How long a worker that died holds a withdrawal at the most."""
    return timedelta(seconds=settings.PAYOUT_LEASE_SECONDS)


# --- One round ------------------------------------------------------------------------------------


def _settle_in_batches(due, now, limit):
    """Take up and settle what is `due(moment)`, at most `limit`; stop early when the provider is slow."""
    until = time.monotonic() + settings.PAYOUT_LEASE_SECONDS / 3
    settled = 0
    while settled < limit and time.monotonic() < until:
        moment = now or timezone.now()
        taken = _take_up(due(moment), moment, min(AT_ONCE, limit - settled))
        _settle(taken, now=now)
        settled += len(taken)
        if len(taken) < AT_ONCE:
            break
    return settled


def _take_up(due, now, limit):
    with transaction.atomic():
        rows = Withdrawal.objects.filter(due)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        # The longest not looked at comes first, so that a hundred slow ones can't keep the others waiting.
        rows = rows.select_related("creator", "account__service")
        taken = list(rows.order_by(F("taken_at").asc(nulls_first=True), "requested_at")[:limit])
        # The intent is committed before the provider hears of it: from here on it may have it.
        rows = Withdrawal.objects.filter(pk__in=[withdrawal.pk for withdrawal in taken])
        rows.update(taken_at=now, first_sent_at=Coalesce("first_sent_at", now))
    for withdrawal in taken:
        withdrawal.taken_at = now
    return taken


def _settle(taken, *, now=None):
    """Ask the provider after each. What a third of the lease isn't enough for is left to whoever comes next.

    The rest of the lease is for the one in hand, whose calls may each run into their time-out and be repeated.
    """
    until = time.monotonic() + settings.PAYOUT_LEASE_SECONDS / 3
    for withdrawal in taken:
        if time.monotonic() > until:
            log.warning("the provider is slow: some withdrawals wait for the next round")
            return
        try:
            if _is_still_ours(withdrawal):
                _ask(withdrawal, _question(withdrawal, now or timezone.now()))
        except Exception as error:
            if is_outage(error):
                raise  # the database is away, for the next one too
            log.exception("withdrawal %s could not be settled, the next one isn't kept waiting by it", withdrawal.id)


def _is_still_ours(withdrawal):
    """Say whether nobody has touched it since it was taken up: its turn may come much later."""
    same = Withdrawal.objects.filter(pk=withdrawal.pk, status=withdrawal.status, attention=withdrawal.attention)
    return same.filter(taken_at=withdrawal.taken_at).exists()


def _question(withdrawal, now):
    """Return "look_up" for what the provider has named, and "send" for the rest while that pays at most once."""
    first = withdrawal.first_sent_at
    is_fresh = first is None or first > now - RESEND_WITHIN
    is_named = withdrawal.provider_reference or withdrawal.provider_item
    return "send" if withdrawal.status == Status.REQUESTED and is_fresh and not is_named else "look_up"


def _ask(withdrawal, question):
    """Ask the provider to send, look_up or call_back, and record what it says; return the Withdrawal."""
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
        answer = getattr(gateway, question)(payout)
    except Exception as error:  # Whatever broke, it may have been paid: nothing is concluded.
        log.exception("withdrawal %s: asking %s failed", withdrawal.id, gateway.slug)
        answer = PayoutAnswer(Answer.UNKNOWN, why=f"{gateway.slug} could not be asked: {type(error).__name__}")
    if withdrawal.status == Status.PAID and answer.status == "NOT_FOUND":
        # An operator may have booked it under a reference of their own. Not to be found contradicts no payment.
        answer = replace(answer, answer=Answer.UNKNOWN)
    if answer.answer == Answer.UNKNOWN:
        log.warning("withdrawal %s: no answer from %s, asked again later", withdrawal.id, gateway.slug)
    return record_answer(withdrawal, answer, by=gateway.slug, asked_at=asked_at)
