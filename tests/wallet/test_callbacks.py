"""The address for payment providers' messages: signed ones take effect, all others change nothing. Never a 500."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_recharge, make_user
from wallet.coins import coin_balance
from wallet.gateways.sandbox import gateway
from wallet.messages import LARGEST_MESSAGE_BYTES
from wallet.models import PaymentEvent, Transfer

pytestmark = pytest.mark.django_db

URL = "/wallet/callbacks/sandbox/"


def deliver(headers, body, url=URL):
    """Deliver as a provider does: no session, no CSRF token."""
    strict = Client(enforce_csrf_checks=True)
    return strict.post(url, body, content_type="application/json", headers=headers)


def test_signed_message_is_answered_with_what_was_done():
    vera = make_user()

    response = deliver(*gateway.decide(make_recharge(vera), "paid"))

    assert (response.status_code, response.content) == (200, b"confirmed\n")
    assert coin_balance(vera) == 100


def test_second_delivery_is_answered_like_the_first():
    vera = make_user()
    headers, body = gateway.decide(make_recharge(vera), "paid")

    answers = [deliver(headers, body) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"confirmed\n")] * 2
    assert coin_balance(vera) == 100


def test_forged_message_is_400_and_changes_nothing():
    vera = make_user()
    headers, body = gateway.decide(make_recharge(vera), "paid")

    response = deliver(headers, body.replace(b"100", b"999"))

    assert response.status_code == 400
    assert response.content.startswith(b"refused: the signature")
    assert coin_balance(vera) == 0
    assert not PaymentEvent.objects.exists()


def test_old_message_is_400_and_changes_nothing():
    vera = make_user()
    moment = timezone.now() - timedelta(minutes=6)

    response = deliver(*gateway.decide(make_recharge(vera), "paid", now=moment))

    assert response.status_code == 400
    assert b"too old" in response.content
    assert coin_balance(vera) == 0


def test_message_about_nothing_we_know_is_200_so_that_it_is_not_sent_for_ever():
    recharge = make_recharge(make_user())
    _, body = gateway.decide(recharge, "paid")
    body = body.replace(str(recharge.pk).encode(), str(uuid4()).encode())

    response = deliver(gateway.sign(body), body)

    assert (response.status_code, response.content) == (200, b"no such recharge\n")


def test_message_that_is_too_long_is_400_unread():
    body = b" " * (LARGEST_MESSAGE_BYTES + 1)

    response = deliver(gateway.sign(body), body)

    assert response.status_code == 400
    assert b"longer than 65536 bytes" in response.content


@pytest.mark.parametrize("provider", ["pigeon", "sandbox2", "SANDBOX", "__init__", "sandbox-"])
def test_unknown_provider_is_404(provider):
    headers, body = gateway.decide(make_recharge(make_user()), "paid")

    answer = deliver(headers, body, f"/wallet/callbacks/{provider}/")

    assert answer.status_code == 404
    assert not Transfer.objects.exists()


def test_only_post_is_taken(client):
    page = client.get(URL)

    assert page.status_code == 405


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), stamp=st.text(max_size=20), signature=st.text(max_size=70), signed=st.booleans())
def test_whatever_comes_it_is_400_and_changes_nothing(body, stamp, signature, signed):
    headers = gateway.sign(body) if signed else _sendable({"Sandbox-Timestamp": stamp, "Sandbox-Signature": signature})

    answer = deliver(headers, body)

    assert answer.status_code == 400
    assert not PaymentEvent.objects.exists()


def _sendable(headers):
    """Headers reach a WSGI application as latin-1."""
    return {name: value.encode(errors="replace").decode("latin-1") for name, value in headers.items()}
