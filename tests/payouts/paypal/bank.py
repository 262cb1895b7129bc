"""The look-alike's state: batches of items, payments for each item, and the faults to come."""

import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

NINE = ("SUCCESS", "FAILED", "PENDING", "UNCLAIMED", "RETURNED", "ONHOLD", "BLOCKED", "REFUNDED", "REVERSED")
REMEMBERED_FOR = timedelta(days=30).total_seconds()
TOKEN_SECONDS = 9 * 3600

# Statuses of an item: each query moves it one further, even when the answer is lost.
COURSES = {
    "SUCCESS": ["SUCCESS"],
    "FAILED": ["FAILED"],
    "BLOCKED": ["ONHOLD", "BLOCKED"],
    "UNCLAIMED": ["UNCLAIMED"],
    "RETURNED": ["UNCLAIMED", "RETURNED"],
    "REFUNDED": ["SUCCESS", "REFUNDED"],
    "REVERSED": ["SUCCESS", "REVERSED"],
}
# At random each of these is as likely as the others. `before`: nothing was done; `after`: it was.
FAULTS = ["503-before", "503-after", "429", "cut-before", "cut-after", "hang-after", "garbage-after", "slow"]


class Refused(Exception):
    """The look-alike refuses with a status and a body such as PayPal's."""

    def __init__(self, status, name, **more):
        super().__init__(name)
        self.status = status
        self.body = {"name": name, "message": f"{name} at the look-alike.", "debug_id": uuid4().hex[:13], **more}


@dataclass
class Item:
    """One payment. `is_out`: the receiver has the money now; `payments`: how often they got it."""

    id: str
    batch_id: str
    sender_batch_id: str
    sender_item_id: str
    receiver: str
    cents: int
    status: str = "PENDING"
    course: list = field(default_factory=list)
    created_at: float = 0
    is_out: bool = False
    payments: int = 0


class Bank:
    """Thread-safe. With a `state` file it continues where it was when it starts again."""

    def __init__(self, *, client_id="look-alike", secret="look-alike-secret", state=None, seed=0, faults=0.0,
                 delay=0.0, hang=3.0, outcomes=None):  # fmt: skip
        self.client_id, self.secret = client_id, secret
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.seed, self.faults, self.delay, self.hang = seed, faults, delay, hang
        self.outcomes = outcomes or {"SUCCESS": 1}
        self.days_ahead = 0.0
        self.token_seconds = TOKEN_SECONDS
        self.funds_cents = None  # None: unlimited
        self.items, self.batches, self.tokens = {}, defaultdict(list), {}
        self.latest = {}  # the latest item of each sender_batch_id
        self.to_fail = defaultdict(list)
        self.requests, self.broken, self.changes = Counter(), Counter(), []
        self.bodies = []
        self.state = Path(state) if state else None
        self._load()

    # --- What tests turn -------------------------------------------------------------------------

    def fail_next(self, operation, *faults):
        """Let the next calls of token, create, batch, item or cancel go wrong, in this order."""
        self.to_fail[operation].extend(faults)

    def set_status(self, sender_item_id, status):
        """Put every item that the sender calls so into a status, and leave it there."""
        with self.lock:
            for item in self.items_of(sender_item_id):
                item.course = []
                self._move(item, status)

    def forget_tokens(self):
        self.tokens.clear()

    def items_of(self, sender_item_id):
        return [item for item in self.items.values() if item.sender_item_id == str(sender_item_id)]

    def totals(self):
        """Return cents paid by sender's id, receivers paid more than once, calls and faults so far."""
        with self.lock:
            paid, payments = Counter(), Counter()
            for item in self.items.values():
                paid[item.sender_item_id] += item.cents if item.is_out else 0
                payments[item.sender_item_id] += item.payments
            return {
                "paid_cents": sum(paid.values()),
                "paid": {name: cents for name, cents in paid.items() if cents},
                "paid_more_than_once": sorted(name for name, count in payments.items() if count > 1),
                "items": len(self.items),
                "statuses": dict(Counter(item.status for item in self.items.values())),
                "requests": dict(self.requests),
                "faults": dict(self.broken),
            }

    # --- What the API does -------------------------------------------------------------------------

    def fault_for(self, operation):
        """Return the fault of this call, or an empty text."""
        with self.lock:
            self.requests[operation] += 1
            fault = ""
            if self.to_fail[operation]:
                fault = self.to_fail[operation].pop(0)
            elif self.faults and self.random.random() < self.faults:
                fault = self.random.choice(FAULTS)
            if fault:
                self.broken[fault] += 1
            return fault

    def token(self, client_id, secret):
        if (client_id, secret) != (self.client_id, self.secret):
            raise Refused(401, "invalid_client")
        token = f"token-{uuid4().hex}"
        self.tokens[token] = time.time() + self.token_seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds, "scope": "payouts"}

    def check_token(self, token):
        if self.tokens.get(token, 0) < time.time():
            raise Refused(401, "AUTHENTICATION_FAILURE")

    def create(self, body, base):
        """Accept a batch once for each sender_batch_id of the last 30 days; a duplicate is told where the first is."""
        header, asked = body["sender_batch_header"], body["items"]
        with self.lock:
            self.bodies.append(body)
            for number, item in enumerate(asked):
                _check_item(item, number)
            now = self.now()
            first = self.latest.get(header["sender_batch_id"])
            if first and now - first.created_at < REMEMBERED_FOR:
                link = _link(base, f"payouts/{first.batch_id}")
                details = [{"field": "SENDER_BATCH_ID", "issue": "This id was used before.", "link": [link]}]
                raise Refused(400, "USER_BUSINESS_ERROR", details=details)
            cents = sum(_cents(item["amount"]["value"]) for item in asked)
            if self.funds_cents is not None and cents > self.funds_cents:
                raise Refused(422, "INSUFFICIENT_FUNDS")
            if self.funds_cents is not None:
                self.funds_cents -= cents
            batch_id = _id()
            for item in asked:
                self._accept(item, batch_id, header["sender_batch_id"], now)
            return {"batch_header": self._header(batch_id), "links": [_link(base, f"payouts/{batch_id}")]}

    def batch(self, batch_id, base):
        with self.lock:
            if batch_id not in self.batches:
                raise Refused(404, "RESOURCE_NOT_FOUND")
            items = [self._look(item) for item in self.batches[batch_id]]
            links = [_link(base, f"payouts/{batch_id}")]
            return {"batch_header": self._header(batch_id), "items": items, "links": links}

    def item(self, item_id):
        with self.lock:
            if item_id not in self.items:
                raise Refused(404, "RESOURCE_NOT_FOUND")
            return self._look(self.items[item_id])

    def cancel(self, item_id):
        with self.lock:
            if item_id not in self.items:
                raise Refused(404, "RESOURCE_NOT_FOUND")
            item = self.items[item_id]
            if item.status != "UNCLAIMED":
                raise Refused(400, "ITEM_INCORRECT_STATUS")
            item.course = []
            self._move(item, "RETURNED")
            return _described(item)

    def now(self):
        return time.time() + self.days_ahead * 86_400

    # --- Inside --------------------------------------------------------------------------------------

    def _accept(self, asked, batch_id, sender_batch_id, now):
        name = asked["sender_item_id"]
        outcomes = self.outcomes
        chosen = random.Random(f"{self.seed}:{name}").choices(list(outcomes), list(outcomes.values()))[0]
        item = Item(
            id=_id(), batch_id=batch_id, sender_batch_id=sender_batch_id, sender_item_id=name,
            receiver=asked["receiver"], cents=_cents(asked["amount"]["value"]), course=list(COURSES[chosen]),
            created_at=now,
        )  # fmt: skip
        self.items[item.id] = item
        self.batches[batch_id].append(item)
        self.latest[sender_batch_id] = item
        self._move(item, "PENDING")

    def _look(self, item):
        if item.course:
            self._move(item, item.course.pop(0))
        return _described(item)

    def _move(self, item, status):
        item.status = status
        if status == "SUCCESS" and not item.is_out:
            item.is_out, item.payments = True, item.payments + 1
        elif status not in ("SUCCESS", "PENDING", "ONHOLD", "UNCLAIMED"):
            item.is_out = False
        self.changes.append((item.id, status))
        if self.state:
            with self.state.open("a") as file:
                file.write(json.dumps(asdict(item)) + "\n")

    def _header(self, batch_id):
        items = self.batches[batch_id]
        waits = any(item.status == "PENDING" for item in items)
        header = {"sender_batch_id": items[0].sender_batch_id}
        status = "PENDING" if waits else "SUCCESS"
        return {"payout_batch_id": batch_id, "batch_status": status, "sender_batch_header": header}

    def _load(self):
        if not (self.state and self.state.exists()):
            return
        for line in self.state.read_text().splitlines():
            item = Item(**json.loads(line))
            self.items[item.id] = item  # the last line of an item counts
        for item in self.items.values():
            self.batches[item.batch_id].append(item)
            self.latest[item.sender_batch_id] = item


def event_about(item, *, event_id=None):
    """Return the webhook event for an item as it is now."""
    kinds = {"SUCCESS": "SUCCEEDED", "ONHOLD": "HELD", "REVERSED": "REFUNDED"}
    return {
        "id": event_id or f"WH-{uuid4()}",
        "event_version": "1.0",
        "create_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resource_type": "payouts_item",
        "event_type": f"PAYMENT.PAYOUTS-ITEM.{kinds.get(item.status, item.status)}",
        "resource": _described(item),
    }


def _described(item):
    return {
        "payout_item_id": item.id,
        "transaction_id": item.id[::-1],
        "transaction_status": item.status,
        "payout_item_fee": {"currency": "USD", "value": "0.25"},
        "payout_batch_id": item.batch_id,
        "sender_batch_id": item.sender_batch_id,
        "payout_item": {
            "recipient_type": "EMAIL",
            "amount": {"currency": "USD", "value": f"{item.cents // 100}.{item.cents % 100:02}"},
            "receiver": item.receiver,
            "sender_item_id": item.sender_item_id,
        },
    }


def _check_item(item, number):
    if "@" not in item["receiver"]:
        raise Refused(400, "VALIDATION_ERROR", details=[{"field": f"items[{number}].receiver", "issue": "Not valid."}])
    if item["amount"]["currency"] != "USD" or not re.fullmatch(r"[0-9]+\.[0-9]{2}", item["amount"]["value"]):
        raise Refused(400, "VALIDATION_ERROR", details=[{"field": f"items[{number}].amount", "issue": "Not valid."}])


def _cents(value):
    dollars, _, cents = value.partition(".")
    return int(dollars) * 100 + int(cents)


def _id():
    return uuid4().hex[:13].upper()


def _link(base, path):
    return {"href": f"{base}/v1/payments/{path}", "rel": "self", "method": "GET", "encType": "application/json"}
