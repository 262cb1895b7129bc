"""The mails that the site wrote to files instead of sending them, in development and the demo only."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path

from django.conf import settings

# Django's file backend writes this after each message.
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
MOST_FILES = 50


@dataclass(frozen=True)
class Mail:
    slug: str
    subject: str
    to: str
    sent_at: datetime | None
    text: str


def read_mailbox(folder: Path | str | None = None) -> list[Mail]:
    """Return the mails of the newest MOST_FILES files, newest first. Templates must escape their texts."""
    files = sorted(
        Path(folder or settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True
    )
    return [mail for file in islice(files, MOST_FILES) for mail in reversed(_mails_in(file))]


def find_mail(slug: str) -> Mail | None:
    """Return the mail with that slug, or None. The slug is compared with the list and never used as a path."""
    return next((mail for mail in read_mailbox() if mail.slug == slug), None)


def _mails_in(file: Path) -> list[Mail]:
    parts = [part for part in file.read_bytes().split(BETWEEN_MAILS) if part.strip()]
    return [_read_mail(part, slug=f"{file.stem}-{number}") for number, part in enumerate(parts, start=1)]


def _read_mail(raw: bytes, *, slug: str) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        slug=slug,
        subject=str(message["subject"] or "No subject"),
        to=str(message["to"] or ""),
        sent_at=message["date"].datetime if message["date"] else None,
        text=body.get_content().strip() if body else "",
    )
