"""PayPal Payouts over its REST API: one batch with one item for each withdrawal, both called by the withdrawal's id.

PayPal refuses an id of the last 30 days and links to the first payout with it. So sending again is harmless for that
long, and the answer is the state of the first.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.conf import settings

from payouts.gateways import Answer, Payout, PayoutAnswer, ProviderEvent
from payouts.gateways.paypal.api import Api, Json, Refused, Trouble, connection
from payouts.gateways.paypal.events import read_event
from payouts.gateways.paypal.statuses import answer_to_batch, answer_to_item, dollars

RECEIVER_FIELD = re.compile(r"items\[\d+\]\.receiver", re.I)
NO_SUCH = PayoutAnswer(Answer.UNCLEAR, status="NOT_FOUND", why="PayPal doesn't know this payout.")
NOT_LINKED = PayoutAnswer(
    Answer.UNCLEAR, status="DUPLICATE", why="PayPal has had this id before, and doesn't say where it is."
)
BAD_RECEIVER = PayoutAnswer(
    Answer.FAILED, status="VALIDATION_ERROR", why="PayPal doesn't accept this receiver's address."
)
OTHER_SERVICE = PayoutAnswer(Answer.FAILED, status="NOT_SENT", why="This service can't be paid through PayPal.")
CALLED_BACK = "Called back before anybody claimed it."


class PayPalGateway:
    slug = "paypal"
    is_sandbox = False
    services = frozenset({"paypal"})

    def send(self, payout: Payout) -> PayoutAnswer:
        if payout.service not in self.services:
            return OTHER_SERVICE
        return _unless_troubled(_create, payout)

    def look_up(self, payout: Payout) -> PayoutAnswer:
        return _unless_troubled(_show, payout)

    def call_back(self, payout: Payout) -> PayoutAnswer:
        return _unless_troubled(_cancel, payout)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """Return the ProviderEvent after checking its signature and age; raise Forged or CertificateAway."""
        return read_event(headers, body)


def _unless_troubled(ask: Callable[[Api, Payout], PayoutAnswer], payout: Payout) -> PayoutAnswer:
    """Return the answer, or UNKNOWN with its reason: an unclear failure concludes nothing."""
    api = connection(
        settings.PAYPAL_API, settings.PAYPAL_CLIENT_ID, settings.PAYPAL_CLIENT_SECRET, settings.PAYPAL_TIMEOUT_SECONDS
    )
    try:
        return ask(api, payout)
    except Trouble as trouble:
        return PayoutAnswer(Answer.UNKNOWN, why=str(trouble))
    except Refused as refused:
        # Our credentials, balance or request are wrong. We can correct them, so a later retry may work.
        return PayoutAnswer(Answer.UNKNOWN, why=f"PayPal refuses our request for now: {refused.name}.")


def _create(api: Api, payout: Payout) -> PayoutAnswer:
    try:
        return answer_to_batch(api.create(_request(payout)), payout)
    except Refused as refused:
        if refused.is_about("SENDER_BATCH_ID"):
            return _show_first(api, refused, payout)
        # The same id always comes with the same receiver, so a later refusal can't follow an earlier acceptance.
        if refused.name == "VALIDATION_ERROR" and refused.fields and all(map(RECEIVER_FIELD.match, refused.fields)):
            return BAD_RECEIVER
        raise


def _show_first(api: Api, refused: Refused, payout: Payout) -> PayoutAnswer:
    """Answer a duplicate id with the state of the first payout: it arrived."""
    if not refused.original:
        return NOT_LINKED
    return answer_to_batch(api.get("payouts", refused.original), payout)


def _show(api: Api, payout: Payout) -> PayoutAnswer:
    try:
        if payout.item:
            return answer_to_item(api.get("payouts-item", payout.item), payout)
        if payout.reference:
            return answer_to_batch(api.get("payouts", payout.reference), payout)
    except Refused as refused:
        if refused.status == 404:
            return NO_SUCH
        raise
    return PayoutAnswer(Answer.UNKNOWN, why="PayPal hasn't named it yet.")


def _cancel(api: Api, payout: Payout) -> PayoutAnswer:
    if not payout.item:
        return _show(api, payout)
    try:
        answer = answer_to_item(api.cancel(payout.item), payout)
    except (Refused, Trouble):
        # It was claimed meanwhile, is back already, or the answer was lost: look up its state.
        answer = _show(api, payout)
    return replace(answer, why=CALLED_BACK) if answer.status == "RETURNED" else answer


def _request(payout: Payout) -> Json:
    number = str(payout.id)
    item = {
        "recipient_type": "EMAIL",
        "receiver": payout.receiver,
        "amount": {"currency": "USD", "value": dollars(payout.cents)},
        "sender_item_id": number,
        "note": f"Withdrawal {number}",
    }
    return {"sender_batch_header": {"sender_batch_id": number, "email_subject": "Your withdrawal"}, "items": [item]}


gateway = PayPalGateway()
