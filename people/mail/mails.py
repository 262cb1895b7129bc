"""Mails about finished actions, wrapped. A mail that fails never undoes the action."""

import textwrap

from people.mail.outbox import post_mail
from people.models import User

WIDTH = 72


def wrapped(text: str) -> str:
    """Return a mail's text in lines of at most 72 characters. Indented lines stay: an address must not break."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.startswith(" "):
            lines.append(line.rstrip())
        elif line:
            lines += textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        elif lines[-1]:
            lines.append("")
    return "\n".join(lines) + "\n"


def mail_to(user: User, subject: str, words: str, *, about: str) -> None:
    """Write one wrapped mail to the outbox in the running transaction; it is sent after the commit."""
    post_mail(user.email, subject, wrapped(words), about=about)
