"""The shapes that Stripe publishes, as far as this site depends on them: fields, their types and their words.

The look-alike checks each request and each answer of its own against these, so it can't drift from Stripe unseen.
"""

import re
from typing import get_args

TEXT, NUMBER, BOOL, OBJECT, LIST = str, int, bool, dict, list
NONE = type(None)


class Misshapen(Exception):
    """A field is unknown, or its value has another type or word than Stripe publishes."""


def one_of(*words):
    return set(words)


SESSION = {
    "id": re.compile(r"cs_(test|live)_\w+"),
    "object": one_of("checkout.session"),
    "adaptive_pricing": OBJECT | NONE,
    "amount_subtotal": NUMBER | NONE,
    "amount_total": NUMBER | NONE,
    "cancel_url": TEXT | NONE,
    "client_reference_id": TEXT | NONE,
    "created": NUMBER,
    "currency": re.compile(r"[a-z]{3}"),
    "expires_at": NUMBER,
    "livemode": BOOL,
    "metadata": OBJECT | NONE,
    "mode": one_of("payment", "setup", "subscription"),
    "payment_intent": TEXT | OBJECT | NONE,
    "payment_method_types": LIST,
    "payment_status": one_of("paid", "unpaid", "no_payment_required"),
    "status": one_of("open", "complete", "expired"),
    "success_url": TEXT | NONE,
    "url": TEXT | NONE,
}
PAYMENT_INTENT = {
    "id": re.compile(r"pi_\w+"),
    "object": one_of("payment_intent"),
    "amount": NUMBER,
    "amount_received": NUMBER,
    "created": NUMBER,
    "currency": re.compile(r"[a-z]{3}"),
    "last_payment_error": OBJECT | NONE,
    "latest_charge": TEXT | OBJECT | NONE,
    "livemode": BOOL,
    "metadata": OBJECT,
    "payment_method_types": LIST,
    "status": one_of(
        "canceled",
        "processing",
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_payment_method",
        "succeeded",
    ),
}
REFUND = {
    "id": re.compile(r"re_\w+"),
    "object": one_of("refund"),
    "amount": NUMBER,
    "charge": TEXT | NONE,
    "created": NUMBER,
    "currency": re.compile(r"[a-z]{3}"),
    "metadata": OBJECT | NONE,
    "payment_intent": TEXT | NONE,
    "reason": TEXT | NONE,
    "status": one_of("pending", "requires_action", "succeeded", "failed", "canceled"),
}
DISPUTE = {
    "id": re.compile(r"dp_\w+"),
    "object": one_of("dispute"),
    "amount": NUMBER,
    "charge": TEXT,
    "created": NUMBER,
    "currency": re.compile(r"[a-z]{3}"),
    "evidence_details": OBJECT,
    "is_charge_refundable": BOOL,
    "livemode": BOOL,
    "metadata": OBJECT,
    "payment_intent": TEXT | NONE,
    "reason": TEXT,
    "status": one_of(
        "lost",
        "needs_response",
        "prevented",
        "under_review",
        "warning_closed",
        "warning_needs_response",
        "warning_under_review",
        "won",
    ),
}
EVENT = {
    "id": re.compile(r"evt_\w+"),
    "object": one_of("event"),
    "api_version": TEXT | NONE,
    "created": NUMBER,
    "data": OBJECT,
    "livemode": BOOL,
    "pending_webhooks": NUMBER,
    "request": OBJECT | NONE,
    "type": TEXT,
}
OF_OBJECT = {
    "checkout.session": SESSION,
    "payment_intent": PAYMENT_INTENT,
    "refund": REFUND,
    "dispute": DISPUTE,
    "event": EVENT,
}
# The fields of a request for a checkout session that are sent here, each as the form's own name.
CREATE = {
    "mode": re.compile("payment"),
    "client_reference_id": re.compile(r".{1,200}"),
    "line_items[0][quantity]": re.compile(r"[1-9]\d*"),
    "line_items[0][price_data][currency]": re.compile(r"[a-z]{3}"),
    "line_items[0][price_data][unit_amount]": re.compile(r"[1-9]\d{0,7}"),
    "line_items[0][price_data][product_data][name]": re.compile(r".+"),
    "allowed_payment_method_types[0]": re.compile("card|us_bank_account"),
    "metadata[recharge]": re.compile(r".{1,500}"),
    "payment_intent_data[metadata][recharge]": re.compile(r".{1,500}"),
    "adaptive_pricing[enabled]": re.compile("true|false|True|False"),
    "success_url": re.compile(r"https?://.+"),
    "cancel_url": re.compile(r"https?://.+"),
    "expires_at": re.compile(r"\d{10}"),
}
READ = {"expand[0]": re.compile("payment_intent")}


def check(answer):
    """Return an object that Stripe could have sent, with what is inside; raise Misshapen for any other."""
    shape = OF_OBJECT[answer["object"]]
    if answer.keys() != shape.keys():
        raise Misshapen(f"{answer['object']}: {sorted(answer.keys() ^ shape.keys())}")
    for name, allowed in shape.items():
        if not _fits(answer[name], allowed):
            raise Misshapen(f"{answer['object']}.{name} is {answer[name]!r}")
        if isinstance(answer[name], dict) and answer[name].get("object") in list(OF_OBJECT):
            check(answer[name])
    return answer


def check_request(fields, allowed):
    """Raise Misshapen for a field that Stripe doesn't know, is missing, or has a value that Stripe refuses."""
    if fields.keys() != allowed.keys():
        raise Misshapen(f"parameters: {sorted(fields.keys() ^ allowed.keys())}")
    for name, pattern in allowed.items():
        if not pattern.fullmatch(fields[name]):
            raise Misshapen(f"{name} is {fields[name]!r}")


def _fits(value, allowed):
    if isinstance(allowed, re.Pattern):
        return isinstance(value, str) and allowed.fullmatch(value) is not None
    if isinstance(allowed, set):
        return value in allowed
    return type(value) in (get_args(allowed) or (allowed,))
