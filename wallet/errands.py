"""Errands: the gift that a viewer needs coins for, and the page to return to. Part of the recharge pages' address.

The address carries the gift's slug and its price. The missing coins come from the balance, and the gift's name from
its own app, because an address may be old or copied from another person.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from people.models import User
from people.text.numbers import whole_from
from wallet.models import LARGEST_BALANCE, CoinPackage

SLUG = re.compile(r"[a-zA-Z0-9_-]{1,40}")
LONGEST_PATH = 300


class Errand(NamedTuple):
    """`needed` coins for the gift with a `slug`, and the path of this site to go back `to`. 0 and "" where not given.

    `missing` is `needed` minus the balance, at least 0. `what` is the gift's name.
    """

    needed: int = 0
    slug: str = ""
    to: str = ""
    missing: int = 0
    what: str = ""

    @property
    def query(self) -> str:
        """Return the errand as a query string: for=22&what=drama-queen&next=%2Flive%2F; "" without one."""
        parts = {"for": self.needed, "what": self.slug, "next": self.to}
        return urlencode({name: part for name, part in parts.items() if part})

    @property
    def is_to_live(self) -> bool:
        return self.to.startswith("/live/")

    def left_over_from(self, package: CoinPackage | None) -> int | None:
        """Return the coins of a package minus the missing ones; None without a package."""
        return None if package is None else package.coins - self.missing


Objection = Callable[[User, int], str | None]
# Each returns in words why a user can't spend that many coins, or None. Apps above the wallet register theirs.
OBJECTIONS: list[Objection] = []


def objection(function: Objection) -> Objection:
    """Register a rule that the recharge page checks before it offers coins for an errand."""
    OBJECTIONS.append(function)
    return function


Namer = Callable[[str], str | None]
# Each returns the name of the thing with a slug, or None. Apps above the wallet register theirs.
NAMERS: list[Namer] = []


def namer(function: Namer) -> Namer:
    """Register a function that names a gift by its slug."""
    NAMERS.append(function)
    return function


def why_pointless(user: User, coins: int) -> str:
    """Return the words of the first rule that forbids spending that many coins at any balance; "" if none does."""
    return next(filter(None, (ask(user, coins) for ask in OBJECTIONS)), "")


def errand_of(request: HttpRequest, balance: int) -> Errand:
    """Read `?for=&what=&next=` of the page. Drop unknown slugs, impossible numbers and paths of other hosts."""
    needed = _whole_number(request.GET.get("for", ""))
    slug = request.GET.get("what", "")
    what = _name_of(slug)
    return Errand(
        needed=needed,
        slug=slug if what else "",
        to=own_path(request.GET.get("next", ""), request),
        missing=max(0, needed - balance),
        what=what,
    )


def with_errand(url: str, errand: Errand) -> str:
    """Return the address with the errand as its query string. Addresses of other hosts stay as they are."""
    return f"{url}?{errand.query}" if errand.query and url.startswith("/") else url


def own_path(path: str, request: HttpRequest) -> str:
    """Return the path if it is a page of this host, else an empty string."""
    is_ours = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if is_ours and path.startswith("/") and len(path) <= LONGEST_PATH and path.isprintable() else ""


def _whole_number(text: str) -> int:
    number = whole_from(text) or 0
    return number if number <= LARGEST_BALANCE else 0


def _name_of(slug: str) -> str:
    return next(filter(None, (name(slug) for name in NAMERS)), "") if SLUG.fullmatch(slug) else ""
