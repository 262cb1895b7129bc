"""The sandbox provider's messages: accepted only if they are signed, recent and readable."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from wallet.gateways import Forged, method_name, payment_gateway
from wallet.gateways.sandbox import SIGNATURE, TIMESTAMP, _signature, gateway
from wallet.models import Recharge


def a_recharge():
    return Recharge(id=uuid4(), coins=100, cents=100, provider="sandbox", method="card")


def facts(**changes):
    recharge_id = str(uuid4())
    known = {
        "event_id": "evt-1",
        "outcome": "paid",
        "recharge_id": recharge_id,
        "payment_id": "pay-1",
        "cents": 100,
        "currency": "USD",
    }
    return {name: value for name, value in (known | changes).items() if value is not LEFT_OUT}


LEFT_OUT = "(left out)"


def test_signed_message_is_read():
    recharge = a_recharge()

    message = gateway.read_message(*gateway.decide(recharge, "paid"))

    assert (message.outcome, message.recharge_id, message.cents, message.currency) == ("paid", recharge.id, 100, "USD")
    assert abs(timezone.now() - message.sent_at) < timedelta(seconds=2)


def test_one_outcome_of_one_recharge_is_one_event():
    recharge = a_recharge()

    ids = [
        gateway.read_message(*gateway.decide(recharge, outcome)).event_id for outcome in ("paid", "paid", "declined")
    ]

    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("seconds", [-301, 302])
def test_message_from_outside_the_window_is_refused(seconds):
    headers, body = gateway.decide(a_recharge(), "paid", now=timezone.now() + timedelta(seconds=seconds))

    with pytest.raises(Forged):
        gateway.read_message(headers, body)


@pytest.mark.parametrize("seconds", [-295, 295])
def test_clocks_may_differ_by_less_than_the_window(seconds):
    headers, body = gateway.decide(a_recharge(), "paid", now=timezone.now() + timedelta(seconds=seconds))

    assert gateway.read_message(headers, body).outcome == "paid"


def forgeries():
    headers, body = gateway.decide(a_recharge(), "paid")
    later = gateway.sign(body, now=timezone.now() + timedelta(seconds=9))
    yield {}, body
    yield {SIGNATURE: headers[SIGNATURE]}, body
    yield {TIMESTAMP: headers[TIMESTAMP]}, body
    yield headers | {SIGNATURE: ""}, body
    yield headers | {SIGNATURE: headers[SIGNATURE].upper()}, body
    yield headers | {SIGNATURE: headers[SIGNATURE][:-1]}, body
    yield headers | {SIGNATURE: headers[SIGNATURE] + "0"}, body
    yield headers | {SIGNATURE: "0" * 64}, body
    yield headers | {SIGNATURE: "٣" * 64}, body
    yield headers | {TIMESTAMP: later[TIMESTAMP]}, body
    yield headers | {TIMESTAMP: ""}, body
    yield headers | {TIMESTAMP: f"{headers[TIMESTAMP]} "}, body
    yield headers, body + b" "
    yield headers, body[:-1]
    yield headers, b""
    yield headers, body.replace(b'"cents": 100', b'"cents": 101')
    yield headers, body.replace(b"paid", b"PAID")
    yield headers, body.replace(b"USD", b"JPY")


@pytest.mark.parametrize("case", range(18))
def test_forged_message_is_refused(case):
    headers, body = list(forgeries())[case]

    with pytest.raises(Forged):
        gateway.read_message(headers, body)


@pytest.mark.parametrize(
    "changes",
    [
        *({name: LEFT_OUT} for name in facts()),
        *({name: None} for name in facts()),
        *({name: ""} for name in facts()),
        *({name: ["paid"]} for name in facts()),
        {"outcome": "refunded"},
        {"recharge_id": "7"},
        {"recharge_id": "x" * 36},
        {"cents": 0},
        {"cents": -100},
        {"cents": 100.0},
        {"cents": "100"},
        {"cents": True},
        {"cents": 2**63},
        {"cents": float("nan")},
        {"currency": "DOLLARS"},
        {"event_id": "x" * 81},
        {"event_id": "evt\u0000"},
        {"payment_id": "pay\ud800"},
        {"payment_id": 7},
    ],
    ids=str,
)
def test_signed_message_that_makes_no_sense_is_refused(changes):
    body = json.dumps(facts(**changes)).encode()

    with pytest.raises(Forged):
        gateway.read_message(gateway.sign(body), body)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"7", b"{", b"\xff\xfe", json.dumps(facts()).encode("utf-16"), b"[" * 50_000]
)
def test_signed_message_that_is_no_message_is_refused(body):
    with pytest.raises(Forged):
        gateway.read_message(gateway.sign(body), body)


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "9" * 30, "-1"])
def test_signed_message_with_a_stamp_that_is_no_time_is_refused(stamp):
    body = json.dumps(facts()).encode()

    with pytest.raises(Forged):
        gateway.read_message({TIMESTAMP: stamp, SIGNATURE: _signature(stamp, body)}, body)


def test_provider_that_is_not_known_stops_with_a_sentence(settings):
    settings.PAYMENT_PROVIDER = "pigeon"

    with pytest.raises(ImproperlyConfigured, match="PAYMENT_PROVIDER is 'pigeon'; known are: sandbox"):
        payment_gateway()


def test_methods_are_named_as_inside_a_sentence():
    names = [method_name(Recharge(provider="sandbox", method=method)) for method in ("card", "paypal", "barter")]

    assert names == ["card", "PayPal", "barter"]
    assert method_name(Recharge(provider="gone", method="card")) == "card"
