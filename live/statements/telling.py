"""Telling creators that the statement of a month is ready: a notice for each, and a mail for those who want one."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from people.mail.choices import Recipient, recipients_among, stopping_address
from people.mail.mails import wrapped
from people.mail.outbox import Letter, post_letters
from people.notices import Kind, already_told, notify_each

PEOPLE_A_QUERY = 500
MAILS_FOR = timedelta(days=3)


def tell_of_statements(month: date, people: Collection[int], *, now: datetime) -> None:
    """Tell the people, given by their ids, that their statement of the month is ready. Safe to repeat."""
    waiting = sorted(people)
    for start in range(0, len(waiting), PEOPLE_A_QUERY):
        _tell(month, waiting[start : start + PEOPLE_A_QUERY], now)


def _tell(month: date, people: list[int], now: datetime) -> None:
    page, once = reverse("statement", args=[month.year, month.month]), f"statement {month:%Y-%m}"
    fresh = sorted(set(people) - already_told(people, once))
    text = f"Your statement of {month:%B %Y} is ready."
    notify_each(fresh, text, page, now=now, kind=Kind.MONEY, once=once)
    letters = [_letter(month, page, recipient) for recipient in recipients_among(fresh, "statements")]
    post_letters(letters, about=once, until=now + MAILS_FOR, now=now)


def _letter(month: date, page: str, recipient: Recipient) -> Letter:
    stop = stopping_address(recipient.id, "statements")
    link = settings.SITE_URL and settings.SITE_URL + page
    about = {"month": month, "name": recipient.name, "link": link, "stop": stop}
    words = wrapped(render_to_string("live/mail/statement_ready.txt", about))
    return Letter(recipient.address, f"Your statement of {month:%B %Y} is ready", words, stop)
