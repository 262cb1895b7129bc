"""The brand: name, mark, accent colours and support address of this site, as an operator has set them.

Every page, mail and picture asks for it, so each process keeps it for KEPT_SECONDS and queries at most once in that
time (docs/adr/0044). Stylesheet and marks are named by their content, so only the pages can be old for that long.
"""

import logging
import threading
import time
from email.utils import formataddr, parseaddr
from math import inf
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.urls import reverse
from django.utils.text import slugify

from people.models import Brand
from people.text.colours import DAY, HEX, NIGHT, nearest, shades_of, why_unreadable

log = logging.getLogger(__name__)

KEPT_SECONDS = 10
THE_ONE = 1
COMES_ALONG = "Ovation"


class SiteBrand(NamedTuple):
    """The row of Brand. A part that is empty is the one that comes along."""

    name: str = COMES_ALONG
    mark: str = ""
    accent_day: str = ""
    accent_night: str = ""
    support_email: str = ""

    @property
    def stylesheet(self) -> str:
        """Return the address of the stylesheet with the accent; "" for the accent of static/css/tokens.css."""
        return stylesheet_of(self.accent_day, self.accent_night) if self.accent_day else ""

    @property
    def slug(self) -> str:
        """Return the name as the beginning of a file's name."""
        return slugify(self.name) or "site"

    @property
    def is_own(self) -> bool:
        """Return whether an operator chose a name or a mark. Pictures with those that come along don't fit then."""
        return self.name != COMES_ALONG or bool(self.mark)

    @property
    def contact(self) -> str:
        return self.support_email or settings.CONTACT_EMAIL

    @property
    def sender(self) -> str:
        """Return the sender of mails: the address of the settings, under the name of the brand once it has one."""
        if self.name == COMES_ALONG:
            return settings.DEFAULT_FROM_EMAIL
        return formataddr((self.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))

    def mark_at(self, size: str) -> str:
        """Return the address of the uploaded mark in one of the sizes of people/marks.py."""
        return reverse("brand-mark", args=[self.mark, size])


class Kept:
    """The brand of this process, and until when it is kept by the clock of time.monotonic()."""

    brand = SiteBrand()
    until = 0.0


# Threads in which `never_waits` is set answer what needs no database, so another thread reads the brand for them.
THREAD = threading.local()


def never_wait() -> None:
    """Let the calling thread take the last known brand, and have an old one read aside."""
    THREAD.never_waits = True


def site_brand() -> SiteBrand:
    """Return the brand. One query once KEPT_SECONDS have passed, otherwise none.

    While the database is away the last known brand stays: the page that says so has a name too.
    """
    if time.monotonic() >= Kept.until:
        # One thread reads, and the others go on with the old brand: a database that hangs must not stop them all.
        Kept.until = inf
        if getattr(THREAD, "never_waits", False):
            threading.Thread(target=read_aside, name="brand", daemon=True).start()
        else:
            _read()
    return Kept.brand


def read_aside() -> None:
    """Read the brand in a thread of its own, and give its connection back."""
    try:
        _read()
    finally:
        connections.close_all()


def _read() -> None:
    try:
        row = Brand.objects.filter(pk=THE_ONE).values_list(*SiteBrand._fields).first()
        Kept.brand = SiteBrand(*row) if row else SiteBrand()
    except (DatabaseError, InterfaceError):
        log.warning("the brand can't be read; the last one is shown")
    finally:
        Kept.until = time.monotonic() + KEPT_SECONDS


def site_name() -> str:
    return site_brand().name


def forget_brand() -> None:
    """Let the next page of this process read the brand anew."""
    Kept.until = 0.0


def stylesheet_of(day: str, night: str) -> str:
    """Return the address of the stylesheet for an accent by day and by night. Without one by night it is derived."""
    colours = {"day": day.lstrip("#"), "night": (night or nearest(day, NIGHT)).lstrip("#")}
    return f"{reverse('brand-css')}?{urlencode(colours)}"


def css_of(day: str, night: str) -> str | None:
    """Return the tokens of an accent as CSS; None for colours that no operator could have saved."""
    if not HEX.fullmatch(day) or not HEX.fullmatch(night):
        return None
    if why_unreadable(day, DAY) or why_unreadable(night, NIGHT):
        return None
    pairs = zip(shades_of(day, DAY), shades_of(night, NIGHT), strict=True)
    accent, strong, ink, soft, words = (f"light-dark({one}, {other})" for one, other in pairs)
    tokens = {
        "coral": accent,
        "coral-strong": strong,
        "coral-ink": ink,
        "coral-soft": soft,
        "on-coral": words,
        "coral-by-night": night,
        "link-fg": ink,
    }
    lines = "".join(f"  --{name}: {value};\n" for name, value in tokens.items())
    return f"html:root,\nhtml:root[data-theme] {{\n{lines}}}\n"
