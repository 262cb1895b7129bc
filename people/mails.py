"""Mails about what was done: in lines that read well, and never a reason to undo or hide it."""

import logging
import textwrap

from django.conf import settings
from django.core.mail import send_mail

log = logging.getLogger(__name__)

WIDTH = 72


def wrapped(text):
    """Return a mail's text in lines of at most 72; indented lines stay as they are, for an address must not break."""
    lines = []
    for line in text.strip().splitlines():
        if line.startswith(" "):
            lines.append(line.rstrip())
        elif line:
            lines += textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        elif lines[-1]:
            lines.append("")
    return "\n".join(lines) + "\n"


def send_or_log(user, subject, words, *, about):
    """Send one mail, wrapped. What goes wrong is logged without the address, which the error itself may hold."""
    try:
        send_mail(subject, wrapped(words), settings.DEFAULT_FROM_EMAIL, [user.email])
    except Exception as error:
        log.error(
            "%s: the mail “%s” could not be sent (%s); its notice on the site stays",
            about, subject, type(error).__name__,
        )  # fmt: skip
