"""Mails that fail: saved with their cause, retried by the worker, given up in the end, never sent twice."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import Client
from django.utils import timezone

from people.mail.mails import mail_to
from people.mail.outbox import AT_A_TIME, PAUSES, post_mail, send_due_mails
from people.models import OutgoingMail
from tests.factories import make_user
from tests.races.threads import at_once

pytestmark = pytest.mark.django_db


class Away(EmailBackend):
    """A mail server that doesn't answer. Its complaint holds an address, as real ones do."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(f"550 {messages[0].to[0]} refused")


class Dies(EmailBackend):
    """The mail server takes the mail, and the process ends before it can say so."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


AWAY, THERE = (f"{Away.__module__}.Away", "django.core.mail.backends.locmem.EmailBackend")


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    def post(address="vera@example.com", subject="Paid", **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return post_mail(address, subject, "Hello", about="withdrawal 7", **fields)

    return post


def test_mail_leaves_after_the_commit_and_its_row_is_gone(post):
    post()

    assert [(letter.subject, letter.to, letter.body) for letter in mail.outbox] == [
        ("Paid", ["vera@example.com"], "Hello")
    ]
    assert not OutgoingMail.objects.exists()


def test_failed_mail_is_tried_again_a_minute_later_and_leaves_once(post, settings, clock, caplog):
    settings.EMAIL_BACKEND = AWAY
    with caplog.at_level(logging.WARNING):
        post()
    settings.EMAIL_BACKEND = THERE

    sent = send_due_mails()

    assert sent == 0

    clock.shift(timedelta(seconds=61))
    sent = send_due_mails()

    assert sent == 1

    sent = send_due_mails()

    assert sent == 0
    assert len(mail.outbox) == 1
    assert "could not be sent (ConnectionRefusedError); attempt 2 follows" in caplog.text
    assert "vera@example.com" not in caplog.text


def test_mail_is_given_up_after_its_last_attempt_and_its_text_goes(post, settings, clock, caplog):
    settings.EMAIL_BACKEND = AWAY
    post()
    for pause in PAUSES:
        clock.shift(pause + timedelta(seconds=1))
        sent = send_due_mails()

        assert sent == 0
    settings.EMAIL_BACKEND = THERE

    clock.shift(timedelta(days=3))
    sent = send_due_mails()

    assert sent == 0

    row = OutgoingMail.objects.get()
    assert (row.attempts, row.text, row.last_error) == (8, "", "ConnectionRefusedError")
    assert row.given_up_at is not None
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert "withdrawal 7: the mail “Paid” was given up after 8 attempts" in caplog.text
    assert mail.outbox == []


def test_mail_of_what_was_undone_never_was():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        mail_to(make_user(), "Paid", "Hello", about="withdrawal 7")
        1 / 0  # noqa: B018

    assert not OutgoingMail.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_process_that_dies_before_it_sends_leaves_the_mail_to_the_worker(clock, monkeypatch):
    monkeypatch.setattr("people.mail.outbox._send", lambda mail: None)
    mail_to(make_user(), "Paid", "Hello", about="withdrawal 7")
    monkeypatch.undo()

    sent = send_due_mails()

    assert sent == 0

    clock.shift(timedelta(minutes=2))
    sent = send_due_mails()

    assert sent == 1
    assert len(mail.outbox) == 1


def test_mail_sent_twice_because_a_process_died_has_one_message_id(post, settings, clock):
    settings.EMAIL_BACKEND = f"{Dies.__module__}.Dies"
    with pytest.raises(SystemExit):
        post()
    settings.EMAIL_BACKEND = THERE
    clock.shift(timedelta(minutes=2))
    send_due_mails()

    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_one_that_fails_keeps_no_other_from_leaving(post, settings, clock):
    settings.EMAIL_BACKEND = AWAY
    for n in range(AT_A_TIME + 1):
        post(subject=f"Number {n}")
    settings.EMAIL_BACKEND = THERE
    first = timezone.now()
    OutgoingMail.objects.filter(subject="Number 0").update(subject="Broken\nsubject", try_at=first)

    clock.shift(timedelta(seconds=61))
    sent = [send_due_mails() for _ in range(3)]

    assert sent == [0, AT_A_TIME, 0]
    # Django 6 raises ValueError for a line break in a header.
    assert OutgoingMail.objects.get().last_error in {"BadHeaderError", "ValueError"}


def test_sign_up_while_the_mail_server_is_away_is_no_error_and_its_code_comes_later(settings, clock):
    settings.EMAIL_BACKEND = AWAY
    form = {"email": "new@example.com", "name": "N", "password1": "a curtain falls", "password2": "a curtain falls"}

    answer = Client().post("/accounts/signup/", form)

    assert answer.status_code == 302

    settings.EMAIL_BACKEND = THERE
    clock.shift(timedelta(seconds=61))
    sent = send_due_mails()

    assert sent == 1
    assert mail.outbox[0].to == ["new@example.com"]


def test_code_that_counts_no_more_is_not_sent(settings, clock):
    settings.EMAIL_BACKEND = AWAY
    Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    for _ in range(3):
        clock.shift(timedelta(minutes=6))
        send_due_mails()

    assert OutgoingMail.objects.get().given_up_at is not None


def test_round_ends_with_the_first_failure_so_that_a_mail_server_that_hangs_holds_up_no_withdrawal(
    post, settings, clock
):
    settings.EMAIL_BACKEND = AWAY
    for _ in range(3):
        post()

    clock.shift(timedelta(seconds=61))
    send_due_mails()
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [1, 1, 2]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_8_workers_at_once_send_40_mails_once_each():
    now = timezone.now()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(address=f"v{n}@example.com", subject="Paid", text="Hello", about="a", try_at=now, attempts=1)
        for n in range(40)
    )

    at_once(lambda _: [send_due_mails(now) for _ in range(4)], range(8), threads=8)

    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(f"v{n}@example.com" for n in range(40))
    assert not OutgoingMail.objects.exists()
