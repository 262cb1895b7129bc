"""The look-alike's state: checkout sessions, their payments, the faults to come, and the events of each change."""

import random
import threading
import time
from collections import Counter, defaultdict
from uuid import uuid4

from tests.wallet.stripe.shapes import CREATE, READ, Misshapen, check, check_request

# At random each of these is as likely as the others. `before`: nothing was done; `after`: it was.
FAULTS = ["503-before", "503-after", "429", "cut-before", "cut-after", "hang-after", "garbage-after", "slow"]
HALF_AN_HOUR, A_DAY = 1800, 86_400


class Refused(Exception):
    """The look-alike refuses with a status and a body such as Stripe's."""

    def __init__(self, status, code, *, kind="invalid_request_error"):
        super().__init__(code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": f"{code} at the look-alike."}}


class Till:
    """Thread-safe. Sessions are as Stripe's API shows them."""

    def __init__(self, *, key="sk_test_lookalike", faults=0.0, seed=0, hang=3.0):
        self.key, self.hang, self.faults = key, hang, faults
        self.lock, self.random = threading.RLock(), random.Random(seed)
        self.sessions, self.intents, self.answers = {}, {}, {}
        self.to_fail, self.requests, self.broken = defaultdict(list), Counter(), Counter()
        self.events = []

    # --- What tests turn -------------------------------------------------------------------------

    def fail_next(self, operation, *faults):
        """Let the next calls of create or retrieve go wrong, in this order."""
        self.to_fail[operation].extend(faults)

    def session_of(self, recharge_id):
        (session,) = self.sessions_of(recharge_id)
        return session

    def sessions_of(self, recharge_id):
        return [one for one in self.sessions.values() if one["client_reference_id"] == str(recharge_id)]

    def pay(self, session):
        """Let the viewer pay by card; return the event."""
        self._settle(session, "succeeded", "paid")
        return self._tell("checkout.session.completed", session)

    def pay_by_bank(self, session):
        """Let the viewer confirm a debit, whose money comes days later; return the event."""
        self._settle(session, "processing", "unpaid")
        return self._tell("checkout.session.completed", session)

    def bank_pays(self, session):
        self._settle(session, "succeeded", "paid")
        return self._tell("checkout.session.async_payment_succeeded", session)

    def bank_refuses(self, session):
        self._settle(session, "requires_payment_method", "unpaid")
        return self._tell("checkout.session.async_payment_failed", session)

    def expire(self, session):
        session["status"], session["url"] = "expired", None
        return self._tell("checkout.session.expired", session)

    def dispute(self, session, *, status="needs_response"):
        """Let the card's owner object to a payment; return the event."""
        kinds = {"needs_response": "created", "won": "closed", "lost": "closed"}
        dispute = {
            "id": f"dp_{_id()}", "object": "dispute", "amount": session["amount_total"], "charge": f"ch_{_id()}",
            "created": int(time.time()), "currency": "usd", "evidence_details": {"due_by": None}, "livemode": False,
            "is_charge_refundable": False, "metadata": {}, "payment_intent": session["payment_intent"],
            "reason": "fraudulent", "status": status,
        }  # fmt: skip
        return self._tell(f"charge.dispute.{kinds.get(status, 'updated')}", dispute)

    def refund(self, session, *, cents=None, status="succeeded"):
        """Give money back by hand, at Stripe's own dashboard; return the event."""
        refund = {
            "id": f"re_{_id()}", "object": "refund", "amount": cents or session["amount_total"],
            "charge": f"ch_{_id()}", "created": int(time.time()), "currency": "usd", "metadata": {},
            "payment_intent": session["payment_intent"], "reason": None, "status": status,
        }  # fmt: skip
        return self._tell("refund.updated", refund)

    # --- What the API does -----------------------------------------------------------------------

    def fault_for(self, operation):
        """Return the fault of this call, or an empty text."""
        with self.lock:
            self.requests[operation] += 1
            fault = self.to_fail[operation].pop(0) if self.to_fail[operation] else ""
            if not fault and self.faults and self.random.random() < self.faults:
                fault = self.random.choice(FAULTS)
            self.broken[fault] += bool(fault)
            return fault

    def check_key(self, key):
        if key != self.key:
            raise Refused(401, "api_key_invalid")

    def create(self, fields, key, base):
        """Open a session once for each idempotency key; the key again returns the first answer."""
        with self.lock:
            if key in self.answers:
                asked, answer = self.answers[key]
                if asked != fields:
                    raise Refused(400, "idempotency_key_in_use", kind="idempotency_error")
                return answer
            _shaped(fields, CREATE)
            if not HALF_AN_HOUR <= int(fields["expires_at"]) - time.time() <= A_DAY:
                raise Refused(400, "parameter_invalid_integer")
            session = _session(fields, base)
            self.sessions[session["id"]] = session
            self.answers[key] = fields, dict(check(session))
            return self.answers[key][1]

    def retrieve(self, session_id, fields):
        """Return the session as it is now, with its payment intent in it."""
        with self.lock:
            _shaped(fields, READ)
            if session_id not in self.sessions:
                raise Refused(404, "resource_missing")
            session = self.sessions[session_id]
            return check({**session, "payment_intent": self.intents.get(session["payment_intent"])})

    # --- Inside ------------------------------------------------------------------------------------

    def _settle(self, session, status, payment_status):
        """Put the session's payment into a status; a session has one payment."""
        with self.lock:
            session["payment_intent"] = session["payment_intent"] or f"pi_{_id()}"
            session["status"], session["payment_status"] = "complete", payment_status
            cents = session["amount_total"]
            self.intents[session["payment_intent"]] = check({
                "id": session["payment_intent"], "object": "payment_intent", "amount": cents,
                "amount_received": cents if status == "succeeded" else 0, "created": session["created"],
                "currency": session["currency"], "last_payment_error": None, "latest_charge": None,
                "livemode": False, "metadata": session["metadata"], "status": status,
                "payment_method_types": session["payment_method_types"],
            })  # fmt: skip

    def _tell(self, kind, about):
        event = {
            "id": f"evt_{_id()}", "object": "event", "api_version": None, "created": int(time.time()),
            "data": {"object": dict(check(about))}, "livemode": False, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}, "type": kind,
        }  # fmt: skip
        self.events.append(check(event))
        return event


def _session(fields, base):
    number = f"cs_test_{_id()}{_id()}"
    cents = int(fields["line_items[0][price_data][unit_amount]"]) * int(fields["line_items[0][quantity]"])
    return {
        "id": number, "object": "checkout.session", "adaptive_pricing": {"enabled": False}, "amount_subtotal": cents,
        "amount_total": cents, "cancel_url": fields["cancel_url"], "created": int(time.time()),
        "client_reference_id": fields["client_reference_id"], "currency": "usd", "livemode": False,
        "expires_at": int(fields["expires_at"]), "metadata": {"recharge": fields["metadata[recharge]"]},
        "mode": "payment", "payment_intent": None, "payment_method_types": [fields["allowed_payment_method_types[0]"]],
        "payment_status": "unpaid", "status": "open", "success_url": fields["success_url"],
        "url": f"{base}/c/pay/{number}#fid",
    }  # fmt: skip


def _shaped(fields, allowed):
    try:
        check_request(fields, allowed)
    except Misshapen as wrong:
        raise Refused(400, "parameter_unknown") from wrong


def _id():
    return uuid4().hex[:24]
