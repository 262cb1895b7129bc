"""Sending withdrawals: taken up in one transaction, asked of the provider outside of any, recorded in a third."""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from payouts.gateways import Answer, Payout, PayoutAnswer, payout_gateway
from payouts.models import Withdrawal
from payouts.withdrawals import mark_paid, mark_sent, return_withdrawal

log = logging.getLogger(__name__)

Status = Withdrawal.Status

# A worker that died holds a withdrawal for this long at the most; sending the same id again is harmless.
TAKEN_FOR = timedelta(minutes=2)
ASK_AGAIN_AFTER = timedelta(seconds=5)
# Providers forget ids after 30 days; from then on nothing is sent again by itself.
RESEND_WITHIN = timedelta(days=29)
# What was paid may still come back. It is asked after once a day, for so long.
PAID_COMES_BACK_WITHIN = timedelta(days=45)
A_DAY = timedelta(days=1)


def send_withdrawals(*, now=None, limit=100):
    """Send what is requested and ask after what was sent; return how many withdrawals were taken up."""
    now = now or timezone.now()
    to_send = Q(taken_at=None) | Q(taken_at__lt=now - TAKEN_FOR)
    to_send &= Q(status=Status.REQUESTED, requested_at__gt=now - RESEND_WITHIN)
    # However old it is: asking pays nothing, and money that nobody claims comes back after 30 days.
    to_ask_after = Q(status=Status.SENT) & (Q(taken_at=None) | Q(taken_at__lt=now - ASK_AGAIN_AFTER))
    return _settle(_take_up(to_send | to_ask_after, now, limit))


def reconcile_withdrawals(*, now=None, limit=100):
    """Ask after what was paid, and name what nothing is known of any more; return how many were asked after."""
    now = now or timezone.now()
    paid = Q(status=Status.PAID, requested_at__gt=now - PAID_COMES_BACK_WITHIN)
    paid &= Q(taken_at=None) | Q(taken_at__lt=now - A_DAY)
    for withdrawal in unanswered_withdrawals(now=now):
        log.error("withdrawal %s was never answered: look it up at the provider by its id", withdrawal.id)
    return _settle(_take_up(paid, now, limit))


def unanswered_withdrawals(*, now=None):
    """Return the withdrawals that are too old to be sent again: somebody must look at what the provider did."""
    old = Withdrawal.objects.filter(requested_at__lte=(now or timezone.now()) - RESEND_WITHIN)
    return old.filter(status=Status.REQUESTED)


def _take_up(due, now, limit):
    with transaction.atomic():
        rows = Withdrawal.objects.filter(due)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        # The longest not looked at comes first, so that a hundred slow ones can't keep the others waiting.
        rows = rows.select_related("creator", "account__service")
        taken = list(rows.order_by(F("taken_at").asc(nulls_first=True), "requested_at")[:limit])
        Withdrawal.objects.filter(pk__in=[withdrawal.pk for withdrawal in taken]).update(taken_at=now)
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
    payout = Payout(withdrawal.id, withdrawal.cents, account.receiver, account.service.slug, account.country.code)
    ask = gateway.send if withdrawal.status == Status.REQUESTED else gateway.look_up
    try:
        answer = ask(payout)
    except Exception as error:  # Whatever broke, it may have been paid: nothing is concluded.
        log.exception("withdrawal %s: asking %s failed", withdrawal.id, gateway.slug)
        answer = PayoutAnswer(Answer.UNKNOWN, why=str(error))
    match answer.answer:
        case Answer.PENDING:
            mark_sent(withdrawal, reference=answer.reference, by=gateway.slug)
        case Answer.PAID:
            mark_paid(withdrawal, reference=answer.reference, by=gateway.slug)
        case Answer.FAILED | Answer.RETURNED:
            # What was paid can't fail any more: it comes back.
            status = Status.RETURNED if withdrawal.status == Status.PAID else Status(answer.answer.value)
            return_withdrawal(withdrawal, status=status, by=gateway.slug, why=answer.why, reference=answer.reference)
        case Answer.UNKNOWN:
            log.warning("withdrawal %s: no answer from %s, asked again later", withdrawal.id, gateway.slug)
