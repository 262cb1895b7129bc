"""Webhooks of payout providers. An event moves no money: it is stored, and the worker looks the withdrawal up at once.

So events may come late, out of order and twice, and a forged one would only cause a look-up. Without any event the
worker looks up as well, only later.
"""

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payouts.gateways import EventGateway, ProviderEvent, payout_gateway
from payouts.gateways.paypal.certificates import CertificateAway
from payouts.models import ProviderReport, Withdrawal
from people.requests import Request
from wallet.gateways import Forged
from wallet.messages import bounded_body


@csrf_exempt  # a provider has no session; its signature is checked instead
@login_not_required
@require_POST
def paypal_webhook(request: Request) -> HttpResponse:
    """PayPal's signed event: 200 with what was done, 400 if it isn't PayPal's, 503 if that can't be told right now."""
    try:
        event = cast("EventGateway", payout_gateway("paypal")).read_event(request.headers, bounded_body(request))
    except Forged as error:
        return HttpResponse(f"refused: {error}\n", status=400, content_type="text/plain")
    except CertificateAway as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain", headers={"Retry-After": "60"})
    return HttpResponse(f"{receive_event(event, provider='paypal')}\n", content_type="text/plain")


def receive_event(event: ProviderEvent, *, provider: str) -> str:
    """Store a provider's event, once, and mark its withdrawal for a look-up; return the result in a word."""
    if event.withdrawal_id is None:
        return "not ours"
    withdrawals = Withdrawal.objects.filter(pk=event.withdrawal_id, provider=provider)
    if not withdrawals.exists():
        return "not ours"
    try:
        with transaction.atomic():
            ProviderReport.objects.create(
                withdrawal_id=event.withdrawal_id, provider=provider, event=event.id, status=event.status,
                why=event.kind, at=timezone.now(),
            )  # fmt: skip
            withdrawals.update(ask_now=True)
            # The provider's names for it, if the answer with them was lost. A look-up counts only if it names our id.
            withdrawals.filter(provider_reference="").update(provider_reference=event.reference)
            withdrawals.filter(provider_item="").update(provider_item=event.item)
    except IntegrityError:
        return "repeated"
    return "noted"
