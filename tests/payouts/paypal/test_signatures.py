"""Webhooks that are forged, old or misshapen are refused and change nothing."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from payouts.gateways.paypal import certificates
from payouts.models import ProviderReport, Withdrawal
from tests.payouts.conftest import WEBHOOK_ID
from tests.payouts.paypal.delivering import URL, deliver, event_for, place, signed
from tests.payouts.paypal.server import CERTIFICATE
from tests.payouts.paypal.signing import Signer
from wallet.messages import LARGEST_MESSAGE_BYTES

pytestmark = pytest.mark.django_db


# --- Forged, old, misshapen -----------------------------------------------------------------------------


def refused(message, why):
    status, words = deliver(message)
    assert (status, words) == (400, f"refused: {why}")
    assert not ProviderReport.objects.exclude(event="").exists()
    assert not Withdrawal.objects.filter(ask_now=True).exists()


@pytest.mark.once
@pytest.mark.parametrize("change", ["body", "id", "time", "webhook", "signature"])
def test_a_message_with_anything_changed_is_refused(paypal, sent, change):
    headers, body = signed(paypal, sent)
    if change == "body":
        body = body.replace(b"100.00", b"999.00")
    elif change == "webhook":
        headers, body = paypal.signed(event_for(paypal, sent), webhook_id="WH-SOMEBODY-ELSES")
    else:
        name = {"id": "Id", "time": "Time", "signature": "Sig"}[change]
        other = {"Id": str(uuid4()), "Time": (datetime.now(UTC) + timedelta(seconds=9)).isoformat(), "Sig": "AAAA"}
        headers[f"Paypal-Transmission-{name}"] = other[name]

    refused((headers, body), "the signature doesn't fit the message")


@pytest.mark.once
@pytest.mark.parametrize("seconds", [-3600, -301, 302])
def test_a_message_from_outside_the_five_minutes_is_refused(paypal, sent, seconds):
    at = datetime.now(UTC) + timedelta(seconds=seconds)

    refused(signed(paypal, sent, at=at), "it is too old, or from the future")


@pytest.mark.once
def test_a_message_just_within_the_five_minutes_is_taken(paypal, sent):
    answer = deliver(signed(paypal, sent, at=datetime.now(UTC) - timedelta(seconds=290)))

    assert answer == (200, "noted")


@pytest.mark.once
@pytest.mark.parametrize("name", ["Transmission-Id", "Transmission-Time", "Transmission-Sig", "Auth-Algo"])
def test_a_message_without_one_of_its_headers_is_refused(paypal, sent, name):
    headers, body = signed(paypal, sent)
    del headers[f"Paypal-{name}"]

    refused((headers, body), "a header of the signature is missing")


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example.com/v1/notifications/certs/CERT-1",
        "http://{host}@evil.example.com/v1/notifications/certs/CERT-1",
        "http://{host}.evil.example.com/v1/notifications/certs/CERT-1",
        "https://{host}/v1/notifications/certs/CERT-1",
        "http://{host}/v1/notifications/certs/../../payments/payouts",
        "http://{host}/look-alike/totals",
        "http://{host}/v1/notifications/certs/CERT-1?x=1",
        "http://{host}/v1/notifications/certs/CERT-1#x",
        "//{host}/v1/notifications/certs/CERT-1",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_a_certificate_from_anywhere_else_is_not_even_fetched(paypal, sent, address):
    headers, body = signed(paypal, sent)
    headers["Paypal-Cert-Url"] = address.format(host=paypal.host)

    status, words = deliver((headers, body))
    assert status == 400
    assert "certificate" in words
    assert not certificates._kept and not certificates._fetches


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "mallory.example.com"}, "the certificate isn't for PayPal's messages"),
        ({"by_stranger": True}, "the certificate can't be read, or its issuer didn't sign it"),
        ({"until": datetime.now(UTC) - timedelta(minutes=1)}, "the certificate isn't valid at this time"),
    ],
)
def test_a_certificate_that_is_not_paypals_is_refused(paypal, sent, monkeypatch, fields, why):
    fields = {"since": datetime(2025, 1, 1, tzinfo=UTC), **fields}
    monkeypatch.setattr(paypal, "_signer", Signer(**fields))

    refused(signed(paypal, sent), why)


@pytest.mark.once
def test_a_signature_by_another_key_than_the_certificates_is_refused(paypal, sent):
    _, body = signed(paypal, sent)
    mallory = Signer()
    mallory.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = mallory.headers(body, webhook_id=WEBHOOK_ID, cert_url=paypal.url + CERTIFICATE)

    refused((forged, body), "the signature doesn't fit the message")


@pytest.mark.once
def test_a_certificate_that_does_not_exist_is_refused(paypal, sent):
    headers, body = signed(paypal, sent)
    headers["Paypal-Cert-Url"] = f"{paypal.url}/v1/notifications/certs/CERT-none"

    refused((headers, body), "there is no such certificate")


@pytest.mark.once
def test_a_certificate_that_cannot_be_had_right_now_is_503_so_that_the_message_comes_again(paypal, sent, settings):
    headers, body = signed(paypal, sent)
    settings.PAYPAL_CERT_HOSTS = ["127.0.0.1:9"]
    headers["Paypal-Cert-Url"] = "http://127.0.0.1:9/v1/notifications/certs/CERT-1"

    status, words = deliver((headers, body))
    assert (status, words) == (503, "PayPal's certificate can't be fetched (ConnectError)")
    assert place(sent) == ("sent", False, 0)


@pytest.mark.once
def test_a_certificate_is_fetched_once_and_strangers_cannot_make_us_fetch_for_ever(paypal, sent):
    for _ in range(3):
        deliver(signed(paypal, sent))
    assert len(certificates._fetches) == 1

    headers, body = signed(paypal, sent)
    answers = []
    for number in range(12):
        headers["Paypal-Cert-Url"] = f"{paypal.url}/v1/notifications/certs/CERT-{number}"
        answers.append(deliver((headers, body))[0])
    assert answers == [400] * 9 + [503] * 3

    answer = deliver(signed(paypal, sent))

    assert answer == (200, "noted")


@pytest.mark.once
def test_a_certificate_is_fetched_anew_after_a_day_and_kept_while_that_fails(paypal, sent, monkeypatch):
    deliver(signed(paypal, sent))
    monkeypatch.setattr(certificates, "KEPT_FOR", -1)
    answer = deliver(signed(paypal, sent))

    assert answer == (200, "noted")
    assert len(certificates._fetches) == 2

    monkeypatch.setattr(certificates, "FETCHES_A_MINUTE", 2)
    answer = deliver(signed(paypal, sent))

    assert answer == (200, "noted")
    assert len(certificates._fetches) == 2


@pytest.mark.once
def test_a_message_that_is_too_long_is_refused_unread(paypal, sent):
    event = event_for(paypal, sent, summary="x" * LARGEST_MESSAGE_BYTES)

    refused(paypal.signed(event, webhook_id=WEBHOOK_ID), "the message is longer than 65536 bytes")


@pytest.mark.once
@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'"x"', b"{}", b"\xff", b"[" * 60_000, b'{"id": "\\ud800"}'])
def test_a_message_that_cannot_be_read_is_refused(paypal, sent, body):
    headers = paypal.signer.headers(body, webhook_id=WEBHOOK_ID, cert_url=paypal.url + CERTIFICATE)

    refused((headers, body), "the message can't be read")


@pytest.mark.once
def test_where_no_webhook_is_set_up_every_message_is_refused(paypal, sent, settings):
    message = signed(paypal, sent)
    settings.PAYPAL_WEBHOOK_ID = ""

    refused(message, "no webhook is set up here")


@pytest.mark.once
def test_only_post_is_taken(client):
    page = client.get(URL)

    assert page.status_code == 405


@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    body=st.binary(max_size=200), values=st.lists(st.text(max_size=40), min_size=5, max_size=5), in_time=st.booleans()
)
def test_whatever_comes_it_is_400_and_changes_nothing(paypal, body, values, in_time):
    names = ["Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url", "Auth-Algo"]
    headers = {
        f"Paypal-{name}": value.encode(errors="replace").decode("latin-1")
        for name, value in zip(names, values, strict=True)
    }
    if in_time:
        headers["Paypal-Transmission-Time"] = datetime.now(UTC).isoformat()
        headers["Paypal-Auth-Algo"] = "SHA256withRSA"

    answer = deliver((headers, body))

    assert answer[0] == 400
    assert not ProviderReport.objects.exists()
