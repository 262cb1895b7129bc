"""Sending withdrawals: taken up in one transaction, asked of the provider outside of any, recorded in a third."""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from payouts.gateways import Answer, Payout, PayoutAnswer, payout_gateway
from payouts.models import Withdrawal
from payouts.transitions import record_answer

log = logging.getLogger(__name__)

Status = Withdrawal.Status
Attention = Withdrawal.Attention

# A worker that died holds a withdrawal for this long at the most; sending the same id again is harmless.
TAKEN_FOR = timedelta(minutes=2)
ASK_AGAIN_AFTER = timedelta(seconds=5)
# Providers forget ids after 30 days; from then on nothing is sent again by itself.
RESEND_WITHIN = timedelta(days=29)
# What was paid may still come back. It is asked after once a day, for so long.
PAID_COMES_BACK_WITHIN = timedelta(days=45)
A_DAY = timedelta(days=1)


def send_withdrawals(*, now=None, limit=100):
    """Send what is requested, ask after what was sent or is said to have changed; return how many were taken up."""
    now = now or timezone.now()
    stop_resending_old_ones(now=now)
    to_send = Q(taken_at=None) | Q(taken_at__lt=now - TAKEN_FOR)
    to_send &= Q(status=Status.REQUESTED, attention=Attention.NONE) & _may_be_resent(now)
    # However old it is: asking pays nothing, and money that nobody claims comes back after 30 days.
    to_ask_after = Q(status=Status.SENT) | Q(ask_now=True, first_sent_at__isnull=False)
    to_ask_after &= Q(taken_at=None) | Q(taken_at__lt=now - ASK_AGAIN_AFTER)
    return _settle(_take_up(to_send | to_ask_after, now, limit))


def reconcile_withdrawals(*, now=None, limit=100):
    """Ask after what was paid, and name what nothing is known of any more; return how many were asked after."""
    now = now or timezone.now()
    paid = Q(status=Status.PAID, requested_at__gt=now - PAID_COMES_BACK_WITHIN)
    paid &= Q(taken_at=None) | Q(taken_at__lt=now - A_DAY)
    return _settle(_take_up(paid, now, limit))


def stop_resending_old_ones(*, now=None):
    """Leave to a person what was never answered and is too old to be sent again; return how many there were."""
    now = now or timezone.now()
    old = Withdrawal.objects.filter(status=Status.REQUESTED, first_sent_at__isnull=False, attention=Attention.NONE)
    stopped = old.exclude(_may_be_resent(now)).update(
        attention=Attention.UNANSWERED,
        attention_why="No answer since it was first sent. Look it up at the provider by its id.",
    )
    if stopped:
        log.error("%s withdrawals were never answered and are too old to be sent again", stopped)
    return stopped


def _may_be_resent(now):
    return Q(first_sent_at=None) | Q(first_sent_at__gt=now - RESEND_WITHIN)


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
    return taken


def _settle(taken):
    for withdrawal in taken:
        try:
            _settle_with_provider(withdrawal)
        except (OperationalError, InterfaceError):
            raise  # the database is away, for the next one too
        except Exception:
            log.exception("withdrawal %s could not be settled, the next one isn't kept waiting by it", withdrawal.id)
    return len(taken)


def _settle_with_provider(withdrawal):
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
    ask = gateway.send if withdrawal.status == Status.REQUESTED else gateway.look_up
    try:
        answer = ask(payout)
    except Exception as error:  # Whatever broke, it may have been paid: nothing is concluded.
        log.exception("withdrawal %s: asking %s failed", withdrawal.id, gateway.slug)
        answer = PayoutAnswer(Answer.UNKNOWN, why=f"{gateway.slug} could not be asked: {type(error).__name__}")
    if answer.answer == Answer.UNKNOWN:
        log.warning("withdrawal %s: no answer from %s, asked again later", withdrawal.id, gateway.slug)
    record_answer(withdrawal, answer, by=gateway.slug)
