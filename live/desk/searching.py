"""One search for everything: a name, a mail, a handle, a reference of ours or of a provider, an IBAN's last four."""

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from live.models import Comment, GiftTap, LiveSession
from payouts.models import PayoutAccount, PayoutService, ProviderReport, Withdrawal
from payouts.money import usd
from people.models import User
from wallet.models import Checkout, PaymentEvent, Recharge

Row = TypeVar("Row", bound=Model)
MOST = 10
A_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
A_BEGINNING = re.compile(r"[0-9a-f]{8,31}")
AN_ACCOUNT = re.compile(r"(?:coins|diamonds|held):user:(\d{1,18})")
LAST_FOUR = re.compile(r"[0-9A-Za-z]{4}")


class Found(NamedTuple):
    """One result: its kind, its words, and the name and key of its page."""

    kind: str
    words: str
    note: str
    page: str
    key: int | UUID


def search_all(operator: User, text: str) -> list[Found]:
    """Return the results that the operator may view, at most MOST of each kind, each page once."""
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    found: dict[tuple[str, int | UUID], Found] = {}
    for permission, find in FINDERS:
        if operator.has_perm(permission):
            for one in find(text):
                found.setdefault((one.page, one.key), one)
    return list(found.values())


def _people(text: str) -> Iterator[Found]:
    account = AN_ACCOUNT.fullmatch(text)
    if account:
        people = User.objects.filter(pk=int(account[1]))
    elif "@" in text[1:]:
        people = User.objects.filter(email__istartswith=text)
    else:
        handle = text.removeprefix("@").lower()
        people = User.objects.filter(Q(name__icontains=text) | Q(creator__handle__startswith=handle))
    for person in people.select_related("creator").order_by("name", "pk")[:MOST]:
        yield _person(person, person.email)


def _people_by_account(text: str) -> Iterator[Found]:
    """Find the owners of payout accounts by the whole receiver, or by the last four of an IBAN."""
    whole = Q(receiver=text) | Q(receiver=text.lower()) | Q(receiver=re.sub(r"\s", "", text).upper())
    if LAST_FOUR.fullmatch(text):
        whole |= Q(receiver__endswith=text.upper(), service__receiver_kind=PayoutService.Receiver.IBAN)
    for account in PayoutAccount.objects.filter(whole).select_related("owner__creator", "service")[:MOST]:
        yield _person(account.owner, f"{account.service}: {account.masked_receiver}")


def _person(person: User, note: str) -> Found:
    kind = "Creator" if hasattr(person, "creator") else "Person"
    return Found(kind, person.name, note, "person", person.pk)


def _lives(text: str) -> Iterator[Found]:
    described = lives = LiveSession.objects.select_related("creator")
    key = _uuid_in(text)
    if key:
        # A tap or a comment leads to its live.
        of_tap = GiftTap.objects.filter(tap_id=key).values("session")
        of_comment = Comment.objects.filter(comment_id=key).values("session")
        lives = lives.filter(Q(pk=key) | Q(pk__in=of_tap) | Q(pk__in=of_comment))
    else:
        lives = lives.filter(title__icontains=text)
    for live in _at_most(lives, _begun(described, text)):
        yield Found("Live", live.title, f"{live.creator.name}, {live.started_at:%-d %b %Y}", "live", live.pk)


def _taps(text: str) -> Iterator[Found]:
    key = _uuid_in(text)
    taps = GiftTap.objects.filter(tap_id=key) if key else GiftTap.objects.none()
    for tap in taps.select_related("viewer", "session"):
        note = f"{tap.session.title}, {tap.created_at:%-d %b %Y}"
        yield Found("Tap", f"{tap} by {tap.viewer.name}", note, "tap", tap.tap_id)


def _withdrawals(text: str) -> Iterator[Found]:
    key = _uuid_in(text)
    reported = ProviderReport.objects.filter(event=text).values("withdrawal")
    named = Q(provider_reference=text) | Q(provider_item=text) | Q(pk__in=reported)
    described = Withdrawal.objects.select_related("creator", "account__service")
    rows = described.filter(named | Q(pk=key) | Q(quote=key) if key else named)
    for row in _at_most(rows, _begun(described, text)):
        note = f"{row.get_status_display()}, {row.requested_at:%-d %b %Y}"
        yield Found("Withdrawal", f"{usd(row.cents)} to {row.creator.name}", note, "withdrawal", row.pk)


def _recharges(text: str) -> Iterator[Found]:
    key = _uuid_in(text)
    told = PaymentEvent.objects.filter(event_id=text, about__isnull=False).values("about")
    opened = Checkout.objects.filter(reference=text).values("pk")
    named = Q(payment_id=text) | Q(pk__in=told) | Q(pk__in=opened)
    described = Recharge.objects.select_related("user")
    rows = described.filter(named | Q(pk=key) if key else named)
    for row in _at_most(rows, _begun(described, text)):
        note = f"{row.get_status_display()}, {row.started_at:%-d %b %Y}"
        yield Found("Recharge", f"{row} by {row.user.name}", note, "recharge", row.pk)


def _uuid_in(text: str) -> UUID | None:
    match = A_UUID.search(text)
    return UUID(match[0]) if match else None


def _begun(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    """Return the rows whose id begins with these eight digits or more, as an account of points is called.

    A query of its own reads a range of the primary key; in one with the names it would read the table.
    """
    digits = text.replace("-", "").lower()
    if not A_BEGINNING.fullmatch(digits):
        return rows.none()
    return rows.filter(pk__range=(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f")))).order_by("pk")


def _at_most(*queries: QuerySet[Row]) -> Iterator[Row]:
    return islice(chain.from_iterable(rows[:MOST] for rows in queries), MOST)


# Each finder with the permission that it needs, in the order of the page.
FINDERS: list[tuple[str, Callable[[str], Iterator[Found]]]] = [
    ("people.view_user", _people),
    ("payouts.view_payoutaccount", _people_by_account),
    ("live.view_gifttap", _taps),
    ("live.view_livesession", _lives),
    ("payouts.view_withdrawal", _withdrawals),
    ("wallet.view_recharge", _recharges),
]
