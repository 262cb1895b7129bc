"""Sending withdrawals: taken up in one transaction, asked of the provider outside of any, recorded in a third."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from payouts.gateways import Answer, Payout, payout_gateway
from payouts.models import Withdrawal
from payouts.withdrawals import mark_paid, mark_sent, return_withdrawal

log = logging.getLogger(__name__)

# A worker that died holds a withdrawal for this long at the most; sending the same id again is harmless.
TAKEN_FOR = timedelta(minutes=2)
ASK_AGAIN_AFTER = timedelta(seconds=5)
# Providers forget ids after 30 days; from then on nothing is sent again by itself.
RESEND_WITHIN = timedelta(days=29)


def send_withdrawals(*, now=None, limit=100):
    """Send what is requested and ask after what was sent; return how many withdrawals were taken up."""
    taken = _take_up(now or timezone.now(), limit)
    for withdrawal in taken:
        _settle_with_provider(withdrawal)
    return len(taken)


def _take_up(now, limit):
    due = Q(taken_at=None) | Q(status="requested", taken_at__lt=now - TAKEN_FOR)
    due |= Q(status="sent", taken_at__lt=now - ASK_AGAIN_AFTER)
    with transaction.atomic():
        rows = Withdrawal.objects.filter(due, status__in=Withdrawal.OPEN, requested_at__gt=now - RESEND_WITHIN)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        taken = list(rows.select_related("creator", "account__service").order_by("requested_at")[:limit])
        Withdrawal.objects.filter(pk__in=[withdrawal.pk for withdrawal in taken]).update(taken_at=now)
    return taken


def _settle_with_provider(withdrawal):
    gateway = payout_gateway(withdrawal.provider)
    account = withdrawal.account
    payout = Payout(withdrawal.id, withdrawal.cents, account.receiver, account.service.slug, account.country.code)
    ask = gateway.look_up if withdrawal.status == Withdrawal.Status.SENT else gateway.send
    answer = ask(payout)
    match answer.answer:
        case Answer.PENDING:
            mark_sent(withdrawal, reference=answer.reference, by=gateway.slug)
        case Answer.PAID:
            mark_paid(withdrawal, reference=answer.reference, by=gateway.slug)
        case Answer.FAILED | Answer.RETURNED:
            return_withdrawal(
                withdrawal, status=answer.answer.value, by=gateway.slug, why=answer.why, reference=answer.reference
            )
        case Answer.UNKNOWN:
            log.warning("withdrawal %s: no answer from %s, asked again later", withdrawal.id, gateway.slug)
