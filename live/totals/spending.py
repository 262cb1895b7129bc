"""A viewer's coins by month: the gifts of one live as one line, every other move of coins as its own.

Months are those of the reader's time zone. The taps of a month are summed in the database, by one query.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Max, Q, QuerySet, Subquery, Sum, When
from django.utils import timezone

from live.models import GiftTap, LiveSession
from people.models import User
from wallet.coins import coins_of
from wallet.history import Entry, entries_of
from wallet.models import Account, CoinRate, Reason, Recharge, Transfer

PER_PAGE = 25


class Month(NamedTuple):
    """A month in the current time zone."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        there = timezone.localtime(moment)
        return cls(there.year, there.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def before(self) -> "Month":
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    @property
    def after(self) -> "Month":
        return Month(self.year, self.month + 1) if self.month < 12 else Month(self.year + 1, 1)

    @property
    def begins_at(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=timezone.get_current_timezone())


class GiftGiven(NamedTuple):
    """A gift as it was named when it was sent, and how many of it."""

    name: str
    art: str
    quantity: int


class LiveGiven(NamedTuple):
    """The gifts of one viewer in one live and month under one face, the most coins first. `at` is the last moment.

    `session` is None until the live is on the page that is shown.
    """

    at: datetime
    session_id: UUID
    as_somebody: bool
    coins: int
    micros: int
    gifts: list[GiftGiven]
    session: LiveSession | None = None


class Spent(NamedTuple):
    """Coins given in a month and their face value, and the cents paid in its recharges."""

    coins: int
    micros: int
    recharges: int
    cents: int


class Spending(NamedTuple):
    """One month of a viewer: a page of LiveGiven and Entry, the newest first, and what the whole month came to."""

    page: "Page[LiveGiven | Entry]"
    spent: Spent


def months_of(user: User) -> list[Month]:
    """Return the months from the user's first move of coins to the last, the newest first. One query."""
    account = coins_of(user)
    credits, debits = (Transfer.objects.filter(**{side: account}) for side in ("credit", "debit"))
    # Coins come in before they go out, so the first move is a credit.
    ends = (credits.order_by("id"), credits.order_by("-id"), debits.order_by("-id"))
    columns = {f"end{number}": Subquery(end.values("created_at")[:1]) for number, end in enumerate(ends)}
    found = Account.objects.filter(pk=account.pk).annotate(**columns).values_list(*columns).first() or ()
    moments = [moment for moment in found if moment]
    if not moments:
        return []
    month, oldest, months = Month.of(max(moments)), Month.of(min(moments)), []
    while month >= oldest:
        months.append(month)
        month = month.before
    return months


def spending_in(user: User, month: Month, number: str | None) -> Spending:
    """Return a page of the month's Spending; the first page for text, the last beyond the end. Eight queries."""
    lives = _lives(user, month)
    moves = [move for side in _moves(user, month) for move in side]
    lines = [(live.at, 0, live) for live in lives] + [(move.created_at, move.pk, move) for move in moves]
    lines.sort(key=lambda line: line[:2], reverse=True)
    page: Page[Any] = Paginator([line for _, _, line in lines], PER_PAGE).get_page(number)
    page.object_list = _filled(user, list(page.object_list))
    given = (sum(live.coins for live in lives), sum(live.micros for live in lives))
    return Spending(page, Spent(*given, *_paid(user, month)))


def gifts_in(user: User, session_id: UUID) -> QuerySet[GiftTap]:
    """Return the user's taps in a live, the newest first."""
    return GiftTap.objects.filter(viewer=user, session_id=session_id).order_by("-id")


# --- Parts of a month ---------------------------------------------------------------------------


def _during(month: Month) -> Q:
    return Q(created_at__gte=month.begins_at, created_at__lt=month.after.begins_at)


def _lives(user: User, month: Month) -> list[LiveGiven]:
    """Return the month's lives, by one query over the user's taps and one for the rates."""
    rows = (
        GiftTap.objects.filter(_during(month), viewer=user)
        .values("session_id", "as_somebody", "name", "art")
        .annotate(at=Max("created_at"), sent=Sum("quantity"), spent=Sum("coins"), micros=Sum(face_value_micros()))
        .order_by("-spent", "name")
    )
    lives: dict[tuple[UUID, bool], LiveGiven] = {}
    for row in rows:
        key = (row["session_id"], row["as_somebody"])
        live = lives.get(key) or LiveGiven(row["at"], *key, 0, 0, [])
        live.gifts.append(GiftGiven(row["name"], row["art"], row["sent"]))
        lives[key] = live._replace(
            at=max(live.at, row["at"]), coins=live.coins + row["spent"], micros=live.micros + row["micros"]
        )
    return list(lives.values())


def _moves(user: User, month: Month) -> tuple[QuerySet[Transfer], QuerySet[Transfer]]:
    """Return the moves of the month that are no gift: in and out."""
    moves, account = Transfer.objects.filter(_during(month)), coins_of(user)
    return moves.filter(credit=account), moves.filter(debit=account).exclude(reason=Reason.GIFT)


def _paid(user: User, month: Month) -> tuple[int, int]:
    """Return how many recharges came in and their cents. A recharge that was taken back isn't counted."""
    came_in = _moves(user, month)[0].filter(reason=Reason.RECHARGE, reverses=None, reversed_by=None)
    bought = Recharge.objects.filter(pk__in=came_in.values("reference"))
    paid = bought.aggregate(recharges=Count("pk"), cents=Sum("cents", default=0))
    return paid["recharges"], paid["cents"]


def _filled(user: User, lines: Sequence[LiveGiven | Transfer]) -> list[LiveGiven | Entry]:
    """Return the lines of a page with their sessions, and transfers as Entries."""
    lives = [line for line in lines if isinstance(line, LiveGiven)]
    sessions = LiveSession.objects.select_related("creator").in_bulk([live.session_id for live in lives])
    moves = [line for line in lines if isinstance(line, Transfer)]
    entries = dict(zip(moves, entries_of(user, moves), strict=True))
    return [
        line._replace(session=sessions[line.session_id]) if isinstance(line, LiveGiven) else entries[line]
        for line in lines
    ]


def face_value_micros() -> Case | F:
    """Return the expression for a tap's coins at face value, at the rate of its moment. One query."""
    rates = list(CoinRate.objects.started())
    whens = [When(created_at__gte=rate.starts_at, then=F("coins") * rate.micros) for rate in rates]
    return Case(*whens, default=F("coins") * rates[-1].micros)
