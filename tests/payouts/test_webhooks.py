"""PayPal's webhooks: a genuine one has PayPal asked, all others change nothing, none moves money by its own words."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from payouts.diamonds import diamond_balance
from payouts.gateways.paypal import certificates
from payouts.models import ProviderReport, Withdrawal
from payouts.withdrawals.sending import send_withdrawals
from tests.payouts.conftest import WEBHOOK_ID
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.paypal.bank import event_about
from tests.payouts.paypal.server import CERTIFICATE
from tests.payouts.paypal.signing import Signer
from wallet.messages import LARGEST_MESSAGE_BYTES

pytestmark = pytest.mark.django_db

URL = "/payouts/webhooks/paypal/"
SOON, LATER = timedelta(seconds=6), timedelta(minutes=3)


@pytest.fixture
def sent(paypal):
    """Cleo's $100.00, sent and not yet looked at."""
    withdrawal = withdraw(make_earner(20_000))
    send_withdrawals()
    withdrawal.refresh_from_db()
    return withdrawal


def deliver(message):
    """Deliver as PayPal does: no session, no CSRF token."""
    headers, body = message
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(URL, body, content_type="application/json", headers=headers)
    return response.status_code, response.content.decode().strip()


def event_for(paypal, withdrawal, **fields):
    [item] = paypal.bank.items_of(withdrawal.id)
    return event_about(item) | fields


def signed(paypal, withdrawal, **more):
    """A genuine message about the withdrawal as the look-alike has it."""
    return paypal.signed(event_for(paypal, withdrawal), webhook_id=WEBHOOK_ID, **more)


def place(withdrawal):
    withdrawal.refresh_from_db()
    return withdrawal.status, withdrawal.ask_now, withdrawal.reports.exclude(event="").count()


def work(at=SOON):
    send_withdrawals(now=timezone.now() + at)


# --- Genuine ones -----------------------------------------------------------------------------------


def test_an_event_is_noted_and_paypal_is_asked_at_once(paypal, sent):
    paypal.bank.set_status(sent.id, "SUCCESS")

    assert deliver(signed(paypal, sent)) == (200, "noted")
    assert place(sent) == ("sent", True, 1)

    work()
    assert place(sent) == ("paid", False, 1)


def test_an_event_moves_no_money_by_its_own_words(paypal, sent):
    event = event_for(paypal, sent)
    event["event_type"] = "PAYMENT.PAYOUTS-ITEM.SUCCEEDED"
    event["resource"]["transaction_status"] = "SUCCESS"
    paypal.bank.set_status(sent.id, "FAILED")

    assert deliver(paypal.signed(event, webhook_id=WEBHOOK_ID)) == (200, "noted")
    assert place(sent)[0] == "sent"
    work()
    assert place(sent)[0] == "failed"
    assert diamond_balance(sent.creator) == 20_000


def test_money_that_comes_back_after_it_was_paid_is_heard_of_at_once(paypal, sent):
    paypal.bank.set_status(sent.id, "SUCCESS")
    work()
    assert place(sent)[0] == "paid"
    paypal.bank.set_status(sent.id, "REVERSED")

    deliver(signed(paypal, sent))
    work(2 * SOON)

    assert place(sent) == ("returned", False, 1)
    assert diamond_balance(sent.creator) == 20_000


def test_the_same_event_again_changes_nothing_whoever_delivers_it(paypal, sent):
    message = signed(paypal, sent)
    event = event_for(paypal, sent, id="WH-ONE")
    assert deliver(message) == (200, "noted")
    assert deliver(message) == (200, "repeated")
    assert deliver(paypal.signed(event, webhook_id=WEBHOOK_ID)) == (200, "noted")
    work()
    assert place(sent)[1:] == (False, 2)

    # A replay within the five minutes, and the same event in a new transmission.
    assert deliver(message) == (200, "repeated")
    assert deliver(paypal.signed(event, webhook_id=WEBHOOK_ID)) == (200, "repeated")
    assert place(sent)[1:] == (False, 2)


def test_events_in_any_order_end_where_paypal_is(paypal, sent):
    messages = []
    for status in ("PENDING", "UNCLAIMED", "SUCCESS", "REVERSED"):
        paypal.bank.set_status(sent.id, status)
        messages.append(signed(paypal, sent))

    for moment, message in enumerate(reversed(messages), 1):
        assert deliver(message) == (200, "noted")
        work(moment * SOON)
        assert place(sent)[0] == "returned"

    assert list(sent.steps.values_list("status", flat=True)) == ["requested", "sent", "returned"]
    assert diamond_balance(sent.creator) == 20_000


def test_an_event_that_comes_while_paypal_answers_has_it_asked_once_more(paypal, sent, monkeypatch):
    from payouts.gateways.paypal import gateway

    look_up = type(gateway).look_up

    def overtaken(self, payout):
        answer = look_up(self, payout)
        paypal.bank.set_status(sent.id, "RETURNED")
        assert deliver(signed(paypal, sent)) == (200, "noted")
        return answer

    monkeypatch.setattr(type(gateway), "look_up", overtaken)
    work()
    assert place(sent) == ("paid", True, 1)

    monkeypatch.undo()
    work(2 * SOON)
    assert place(sent) == ("returned", False, 1)


def test_a_batch_event_names_the_withdrawal_too(paypal, sent):
    header = {"payout_batch_id": sent.provider_reference, "batch_status": "PROCESSING"}
    header["sender_batch_header"] = {"sender_batch_id": str(sent.id)}
    event = {"id": "WH-BATCH", "event_type": "PAYMENT.PAYOUTSBATCH.PROCESSING", "resource": {"batch_header": header}}

    assert deliver(paypal.signed(event, webhook_id=WEBHOOK_ID)) == (200, "noted")
    report = sent.reports.get(event="WH-BATCH")
    assert (report.status, report.why, report.cents) == ("PROCESSING", "PAYMENT.PAYOUTSBATCH.PROCESSING", None)


def test_an_event_tells_where_to_look_when_the_answer_to_sending_was_lost(paypal):
    withdrawal = withdraw(make_earner(20_000))
    paypal.bank.fail_next("create", "cut-after", "cut-after")
    send_withdrawals(now=timezone.now())
    assert deliver(signed(paypal, withdrawal)) == (200, "noted")

    creates = paypal.bank.requests["create"]
    for days in (31, 32):
        paypal.bank.days_ahead = days
        work(timedelta(days=days))

    assert place(withdrawal)[0] == "paid"
    assert paypal.bank.requests["create"] == creates
    assert paypal.bank.totals()["paid"] == {str(withdrawal.id): 100_00}


# --- Not ours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", [str(uuid4()), "somebody-elses", "", 7, None, "\x00"])
def test_an_event_about_nothing_that_we_sent_changes_nothing(paypal, sent, sender):
    event = event_for(paypal, sent)
    event["resource"]["payout_item"]["sender_item_id"] = sender

    assert deliver(paypal.signed(event, webhook_id=WEBHOOK_ID)) == (200, "not ours")
    assert place(sent) == ("sent", False, 0)


def test_an_event_about_a_withdrawal_of_another_provider_changes_nothing(paypal, sent):
    Withdrawal.objects.update(provider="sandbox")

    assert deliver(signed(paypal, sent)) == (200, "not ours")
    assert place(sent) == ("sent", False, 0)


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
    assert deliver(signed(paypal, sent, at=datetime.now(UTC) - timedelta(seconds=290))) == (200, "noted")


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
    assert deliver(signed(paypal, sent)) == (200, "noted")


@pytest.mark.once
def test_a_certificate_is_fetched_anew_after_a_day_and_kept_while_that_fails(paypal, sent, monkeypatch):
    deliver(signed(paypal, sent))
    monkeypatch.setattr(certificates, "KEPT_FOR", -1)
    assert deliver(signed(paypal, sent)) == (200, "noted")
    assert len(certificates._fetches) == 2

    monkeypatch.setattr(certificates, "FETCHES_A_MINUTE", 2)
    assert deliver(signed(paypal, sent)) == (200, "noted")
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
    assert client.get(URL).status_code == 405


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

    assert deliver((headers, body))[0] == 400
    assert not ProviderReport.objects.exists()
