"""Signed messages of the sandbox about a recharge."""

import json
from uuid import uuid4

from wallet.gateways.sandbox import gateway
from wallet.models import Recharge
from wallet.recharges import receive_message


def message(recharge, outcome="paid", **changes):
    """Deliver a signed message that differs from the honest one; return the outcome."""
    _, body = gateway.decide(recharge, outcome)
    changes.setdefault("event_id", str(uuid4()))
    body = json.dumps(json.loads(body) | changes).encode()
    return receive_message("sandbox", gateway.sign(body), body)


def status_of(recharge):
    return Recharge.objects.get(pk=recharge.pk).status
