"""The moves of a creator's diamonds: each line links to its live or withdrawal and has the balance after it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, QuerySet, Sum, When
from django.urls import reverse

from live.models import GiftTap, LiveSession, Settlement
from payouts.diamonds import diamonds_of
from payouts.models import Withdrawal
from payouts.money import usd, whole
from payouts.worth import diamonds_to_cents
from people.models import User
from wallet import ledger
from wallet.models import Reason, Transfer

LINES_PER_PAGE = 25
TAPS_PER_PAGE = 50


class Line(NamedTuple):
    """One move: `diamonds` are negative when they left, `balance` is the rest, `cents` their worth at that moment."""

    at: datetime
    text: str
    more: str
    url: str
    diamonds: int
    balance: int
    cents: int
    gifts_url: str = ""

    @property
    def came_in(self) -> bool:
        return self.diamonds > 0


def page_of_diamonds(user: User, number: str | None) -> Page[Line]:
    """Return one page of the creator's Lines, newest first. Five queries, however many lines there are.

    An invalid number gives the first page, one too large the last.
    """
    account = diamonds_of(user).name
    transfers = ledger.transfers_of(diamonds_of(user))
    page = Paginator(transfers, LINES_PER_PAGE).get_page(number)
    moves = list(page.object_list)
    balance = _balance_after(transfers, account, moves[0]) if moves else 0
    references = [move.reference for move in moves]
    settlements = Settlement.objects.select_related("session").in_bulk(references) if moves else {}
    withdrawals = _withdrawals(user, references) if moves else {}
    page.object_list = lines = []
    for move in moves:
        diamonds = move.amount if move.credit_id == account else -move.amount
        about = settlements.get(move.reference) or withdrawals.get(move.reference)
        lines.append(_line(move, about, diamonds, balance))
        balance -= diamonds
    return page  # type: ignore[return-value]


def taps_of(session: LiveSession, before: int | None = None) -> tuple[list[GiftTap], bool]:
    """Return (taps of an ended live, newest first; whether there are more).

    `before` is the id of a tap: return older taps only. Ids instead of pages, because a live may have a million taps.
    """
    taps = GiftTap.objects.filter(session=session).select_related("viewer")
    if before:
        taps = taps.filter(id__lt=before)
    found = list(taps.order_by("-id")[: TAPS_PER_PAGE + 1])
    return found[:TAPS_PER_PAGE], len(found) > TAPS_PER_PAGE


def _balance_after(transfers: QuerySet[Transfer], account: str, move: Transfer) -> int:
    signed = Case(When(credit=account, then=F("amount")), default=-F("amount"))
    return transfers.filter(id__lte=move.id).order_by().aggregate(sum=Sum(signed))["sum"]


def _withdrawals(user: User, references: list[UUID]) -> dict[UUID, Withdrawal]:
    return user.withdrawals.select_related("account__service").in_bulk(references)


def _line(move: Transfer, about: Settlement | Withdrawal | None, diamonds: int, balance: int) -> Line:
    if isinstance(about, Settlement):
        return Line(
            at=move.created_at,
            text=f"“{about.session.title}”",
            more=f"{_count(about.gifts, 'gift')} from {_count(about.gifters, 'person', 'people')}",
            url=reverse("summary", args=[about.pk]),
            diamonds=diamonds,
            balance=balance,
            cents=diamonds_to_cents(about.diamonds, about.rate_micros),
            gifts_url=reverse("diamonds-of-live", args=[about.pk]),
        )
    if isinstance(about, Withdrawal):
        text = f"{usd(about.cents)} to {about.account.service}"
        more = "reserved for this withdrawal" if move.reason == Reason.HOLD else f"given back: {_status(about)}"
        url = reverse("withdrawal", args=[about.pk])
        return Line(move.created_at, text, more, url, diamonds, balance, about.cents)
    return Line(move.created_at, move.get_reason_display(), "", "", diamonds, balance, 0)


def _status(withdrawal: Withdrawal) -> str:
    return f"the withdrawal was {withdrawal.get_status_display().lower()}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"
