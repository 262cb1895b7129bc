"""The outbox: a mail is a row of the transaction that it is about, sent after the commit and retried by the worker.

A process claims a row for CLAIM before it sends the mail, and deletes the row when the mail server has accepted it. A
mail is sent twice only if the process ends between the two; both copies then have the same Message-ID.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from people.brand import site_brand
from people.models import OutgoingMail

log = logging.getLogger(__name__)

# The lease of the process that sends a row: longer than the timeout of the mail server.
CLAIM = timedelta(minutes=2)
# The pause before each retry. If the last retry fails the mail is given up.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
AT_A_TIME = 20
# Bulk mails share the worker with withdrawals, so a round of them ends after this time.
BULK_SECONDS = 3.0


class Letter(NamedTuple):
    """One of many mails about the same event, with the address that stops mails of its kind."""

    address: str
    subject: str
    text: str
    unsubscribe_url: str


def post_mail(address: str, subject: str, text: str, *, about: str) -> OutgoingMail:
    """Write a mail in the running transaction and send it after the commit; return the row."""
    mail = _new(address, subject, text, about, None)
    mail.save()
    transaction.on_commit(partial(_send, mail), robust=True)
    return mail


def send_or_keep(address: str, subject: str, text: str, *, about: str, until: datetime) -> None:
    """Send a mail at once, because a person waits for it. If that fails, save a row for retries up to `until`."""
    mail = _new(address, subject, text, about, until)
    try:
        _message(mail).send()
    except Exception as error:
        mail.save()
        _put_off(mail, type(error).__name__)


def post_letters(letters: Iterable[Letter], *, about: str, until: datetime, now: datetime) -> None:
    """Write mails to many people in the running transaction. The worker sends them; after `until` it drops the rest."""
    OutgoingMail.objects.bulk_create(
        OutgoingMail(**letter._asdict(), about=about, is_bulk=True, until=until, try_at=now) for letter in letters
    )


def _new(address: str, subject: str, text: str, about: str, until: datetime | None) -> OutgoingMail:
    """Return an unsaved mail that is claimed for its first attempt."""
    return OutgoingMail(
        address=address, subject=subject, text=text, about=about, until=until, try_at=timezone.now() + CLAIM, attempts=1
    )


def send_due_mails(now: datetime | None = None) -> int:
    """Retry the mails that are due; return how many were sent. A failure ends the round: the server may be down."""
    sent, now = 0, now or timezone.now()
    while sent < AT_A_TIME:
        mail = _claim(now, is_bulk=False)
        if mail is None or not _send(mail):
            break
        sent += 1
    return sent


def send_bulk_mails(now: datetime | None = None) -> int:
    """Send bulk mails that are due, for BULK_SECONDS at most, by one connection; return how many were sent."""
    sent, now, end = 0, now or timezone.now(), time.monotonic() + BULK_SECONDS
    OutgoingMail.objects.filter(is_bulk=True, given_up_at=None, until__lt=now).delete()
    connection = get_connection()
    try:
        while time.monotonic() < end:
            mail = _claim(now, is_bulk=True)
            if mail is None or not _send(mail, connection):
                break
            sent += 1
    finally:
        connection.close()
    return sent


@transaction.atomic
def _claim(now: datetime, *, is_bulk: bool) -> OutgoingMail | None:
    """Claim the due mail that has waited longest; return it, or None. Rows locked by other workers are skipped."""
    due = OutgoingMail.objects.filter(is_bulk=is_bulk, try_at__lte=now, given_up_at=None).order_by("try_at")
    mail = due.select_for_update(skip_locked=True).first()
    if mail:
        mail.try_at, mail.attempts = timezone.now() + CLAIM, mail.attempts + 1
        mail.save(update_fields=["try_at", "attempts"])
    return mail


def _send(mail: OutgoingMail, connection: BaseEmailBackend | None = None) -> bool:
    """Send a claimed mail; return whether the mail server accepted it. The log of an error has no address."""
    try:
        if connection:
            connection.open()
        _message(mail, connection).send()
    except Exception as error:
        _put_off(mail, type(error).__name__)
        return False
    mail.delete()
    return True


def _message(mail: OutgoingMail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{mail.id}@{host}>"}
    if mail.unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return EmailMultiAlternatives(
        mail.subject, mail.text, site_brand().sender, [mail.address], headers=headers, connection=connection
    )


def _put_off(mail: OutgoingMail, error: str) -> None:
    """Schedule the next attempt, or give the mail up after the last one and clear its text."""
    next_try = timezone.now() + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    row = OutgoingMail.objects.filter(pk=mail.pk)
    if mail.attempts > len(PAUSES) or (mail.until and next_try > mail.until):
        row.update(given_up_at=timezone.now(), text="", last_error=error)
        log.error(
            "%s: the mail “%s” was given up after %s attempts (%s)", mail.about, mail.subject, mail.attempts, error
        )
    else:
        row.update(try_at=next_try, last_error=error)
        log.warning(
            "%s: the mail “%s” could not be sent (%s); attempt %s follows at %s",
            mail.about, mail.subject, error, mail.attempts + 1, next_try.isoformat(timespec="seconds"),
        )  # fmt: skip
