"""The request for a payout and the look-alike's answers have the shapes that PayPal publishes, as far as they go."""

import re
from uuid import uuid4

import pytest

from payouts.gateways import Payout
from payouts.gateways.paypal import _request
from payouts.gateways.paypal.statuses import BATCH, ITEM
from tests.payouts.paypal.bank import NINE, Bank, Refused, event_about

pytestmark = pytest.mark.once

MONEY = {"currency": "[A-Z]{3}", "value": r"\d+\.\d{2}"}
LINK = {"href": "https?://.+", "rel": r"\w+", "method": "GET|POST", "encType": r"[\w/]+"}
HEADER = {"sender_batch_id": ".{1,256}", "email_subject": ".{1,255}"}
ASKED = {
    "recipient_type": "EMAIL|PHONE|PAYPAL_ID",
    "amount": MONEY,
    "receiver": ".{1,127}",
    "sender_item_id": ".{1,63}",
}
REQUEST = {"sender_batch_header": HEADER, "items": [{**ASKED, "note": ".{1,4000}"}]}
STATUSES = "SUCCESS|FAILED|PENDING|UNCLAIMED|RETURNED|ONHOLD|BLOCKED|REFUNDED|REVERSED"
ITEM_OF = {
    "payout_item_id": ".+",
    "transaction_id": ".+",
    "transaction_status": STATUSES,
    "payout_item_fee": MONEY,
    "payout_batch_id": ".+",
    "sender_batch_id": ".+",
    "payout_item": ASKED,
}
BATCHES = "DENIED|PENDING|PROCESSING|SUCCESS|CANCELED"
BATCH_HEADER = {
    "payout_batch_id": ".+",
    "batch_status": BATCHES,
    "sender_batch_header": {"sender_batch_id": ".{1,256}"},
}
CREATED = {"batch_header": BATCH_HEADER, "links": [LINK]}
ERROR = {"name": "[A-Z_]+", "message": ".+", "debug_id": ".+"}
EVENT = {
    "id": ".+",
    "event_version": r"\d\.\d",
    "create_time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "resource_type": ".+",
    "event_type": r"[A-Z.-]+",
    "resource": ITEM_OF,
}


def misfits(value, shape, where="it"):
    """Yield what differs from a shape: fields as {name: shape}, rows as [shape], text as a pattern."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            yield f"{where} is {value!r}"
            return
        for name, inner in shape.items():
            yield from misfits(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        for row in value:
            yield from misfits(row, shape[0], f"{where}[]")
    elif not isinstance(value, str) or not re.fullmatch(shape, value):
        yield f"{where} is {value!r}"


@pytest.fixture
def sent():
    """A bank that has accepted one payout; and the body of its request."""
    bank, body = Bank(), _request(Payout(id=uuid4(), cents=100_50, receiver="cleo@example.com", service="", country=""))
    return bank, body, bank.create(body, "http://127.0.0.1")


def test_request_for_a_payout_has_the_published_shape(sent):
    _, body, _ = sent

    assert list(misfits(body, REQUEST)) == []


def test_answers_of_the_look_alike_have_the_published_shapes(sent):
    bank, _, created = sent
    (item,) = bank.items.values()

    found = [*misfits(created, CREATED)]
    for status in NINE:
        bank.set_status(item.sender_item_id, status)
        found += misfits(bank.item(item.id), ITEM_OF)
        found += misfits(bank.batch(item.batch_id, "http://127.0.0.1"), {**CREATED, "items": [ITEM_OF]})
        found += misfits(event_about(item), EVENT)

    assert found == []


def test_refusals_of_the_look_alike_have_the_published_shape(sent):
    bank, body, _ = sent

    with pytest.raises(Refused) as unknown:
        bank.item("NO-SUCH")
    with pytest.raises(Refused) as repeated:
        bank.create(body, "http://127.0.0.1")

    assert list(misfits(unknown.value.body, ERROR)) == []
    details = {"field": "[A-Z_]+", "issue": ".+", "link": [LINK]}
    assert list(misfits(repeated.value.body, {**ERROR, "details": [details]})) == []


def test_every_published_status_has_a_rule():
    assert set(STATUSES.split("|")) == set(NINE) == set(ITEM)
    assert set(BATCHES.split("|")) <= set(BATCH)


@pytest.mark.parametrize("value", [{}, {**MONEY, "fee": "1"}, {"currency": "USD", "value": "1"}, "100.50 USD"], ids=str)
def test_another_shape_is_found(value):
    assert list(misfits(value, MONEY)) != []
