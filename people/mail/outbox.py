"""Mails that have to leave: rows written with what they tell of, sent after the commit, tried again by the worker.

A row is claimed for a while before its mail is sent, and deleted when the mail server has taken it. So a mail is sent
twice only if a process ends between the two; its Message-ID is the same then.
"""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from people.models import OutgoingMail

log = logging.getLogger(__name__)

# How long a row belongs to the process that sends it: longer than the mail server may take to answer.
CLAIM = timedelta(minutes=2)
# How long after each failure the next attempt comes. After the last one the mail is given up.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
AT_A_TIME = 20


def post_mail(address: str, subject: str, text: str, *, about: str) -> OutgoingMail:
    """Write a mail into the running transaction and send it after the commit."""
    mail = _new(address, subject, text, about, None)
    mail.save()
    transaction.on_commit(partial(_send, mail), robust=True)
    return mail


def send_or_keep(address: str, subject: str, text: str, *, about: str, until: datetime) -> None:
    """Send a mail at once, for a person who waits for it. If that fails it becomes a row, tried again until then."""
    mail = _new(address, subject, text, about, until)
    try:
        _message(mail).send()
    except Exception as error:
        mail.save()
        _put_off(mail, type(error).__name__)


def _new(address, subject, text, about, until):
    """Return a mail that is claimed for its first attempt, not saved."""
    return OutgoingMail(
        address=address, subject=subject, text=text, about=about, until=until, try_at=timezone.now() + CLAIM, attempts=1
    )


def send_due_mails(now: datetime | None = None) -> int:
    """Try mails that are due once more; return how many left. A failure ends the round: the server may be away."""
    sent, now = 0, now or timezone.now()
    while sent < AT_A_TIME:
        mail = _claim(now)
        if mail is None or not _send(mail):
            break
        sent += 1
    return sent


@transaction.atomic
def _claim(now):
    """Return the mail that has waited longest, claimed; None if none is due. Rows that others claim are passed over."""
    due = OutgoingMail.objects.filter(try_at__lte=now, given_up_at=None).order_by("try_at")
    mail = due.select_for_update(skip_locked=True).first()
    if mail:
        mail.try_at, mail.attempts = timezone.now() + CLAIM, mail.attempts + 1
        mail.save(update_fields=["try_at", "attempts"])
    return mail


def _send(mail):
    """Send a claimed mail; say whether the mail server took it. What goes wrong is logged without the address."""
    try:
        _message(mail).send()
    except Exception as error:
        _put_off(mail, type(error).__name__)
        return False
    mail.delete()
    return True


def _message(mail):
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{mail.id}@{host}>"}
    return EmailMultiAlternatives(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.address], headers=headers)


def _put_off(mail, error):
    """Keep the mail for its next attempt, or give it up after the last one. The text isn't kept then."""
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
