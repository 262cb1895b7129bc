"""The front page as an operator may see it: each part needs the permission to view the rows behind it."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from live.desk.announced import Announced, announced
from live.desk.days import midnight
from live.desk.front import Business, Standing, lives_now, payments_to_look_at, standing_now, waiting_now
from live.desk.health import books_now, payment_providers_now, payout_provider_now, worker_now
from live.views.desk_pages import may_view
from payouts.money import usd, usd_exact, whole
from people.answers import Context
from people.models import User


class Tile(NamedTuple):
    """One number of the front page, the rows behind it, and its last 28 days as a line.

    `url` is empty if the operator may not view the rows.
    """

    label: str
    number: str
    note: str
    url: str
    line: str = ""
    shade: str = ""


def front_of(operator: User) -> Context:
    """Return the context of the front page: 14 queries with that of the session, and two for permissions."""
    may = operator.has_perm
    context: Context = {"now": timezone.now(), "worker": worker_now(), "announced": _announced(operator)}
    context["providers"] = []
    if may("wallet.view_transfer"):
        business, standing = Business(), standing_now()
        tiles = [*_flows(operator, business), *_balances(operator, business, standing)]
        context |= {"business": business, "tiles": tiles, "people": _people(operator, business)}
    if may("wallet.view_bookscheck"):
        context["books"] = books_now()
    if may("wallet.view_paymentevent"):
        context["providers"] += payment_providers_now()
    if may("wallet.view_recharge"):
        context["payments"] = payments_to_look_at()
    if may("payouts.view_providerhour"):
        context["providers"].append(payout_provider_now())
    if may("payouts.change_withdrawal"):
        context["waiting"] = waiting_now(operator)
    if may("live.view_livesession"):
        context["lives"] = lives_now()
    return context


def rows_behind(operator: User, model: str, **filters: str | int) -> str:
    """Return the address of the admin's list of a model (`wallet.recharge`) with these filters.

    Return "" if the operator may not view it.
    """
    if not may_view(operator, model):
        return ""
    query, name = urlencode(filters), model.replace(".", "_")
    return f"{reverse(f'admin:{name}_changelist')}{'?' if query else ''}{query}"


def _flows(operator: User, business: Business) -> list[Tile]:
    """Return the tiles of sums over days."""
    now, week, weeks = business.today.sums, business.week, business.weeks
    since, lately = midnight(business.today.day).isoformat(), midnight(business.first_of_week).isoformat()
    fees = f"after {usd(weeks.fee_cents)} of payout fees; payment fees aren’t reported"
    return [
        Tile(
            "Coins sold today",
            whole(now.coins),
            f"{usd(now.cents)} · {_count(now.recharges, 'recharge')}",
            rows_behind(operator, "wallet.transfer", reason__exact="payment", created_at__gte=since),
            business.line_of(lambda day: day.coins),
            "coin",
        ),
        Tile(
            "Coins sold in 7 days",
            whole(week.coins),
            f"{usd(week.cents)} · {_count(week.recharges, 'recharge')}",
            rows_behind(operator, "wallet.transfer", reason__exact="payment", created_at__gte=lately),
            business.line_of(lambda day: day.cents),
            "coin",
        ),
        Tile(
            "Given in 7 days",
            usd(week.gift_cents),
            f"{_count(week.gifts, 'gift')} in {_count(week.lives, 'live')}",
            rows_behind(operator, "live.settlement", settled_at__gte=lately),
            business.line_of(lambda day: day.gift_cents),
            "gem",
        ),
        Tile("Platform keeps, 28 days", usd(weeks.kept_cents), fees, rows_behind(operator, "live.closedday"),
             business.line_of(lambda day: day.kept_cents), "good"),
    ]  # fmt: skip


def _balances(operator: User, business: Business, standing: Standing) -> list[Tile]:
    """Return the tiles of what stands at this moment."""
    coins, diamonds = (rows_behind(operator, "wallet.account", holds=unit, o="-2") for unit in ("coins", "diamonds"))
    rate = usd_exact(standing.rates.diamond_micros)
    return [
        Tile("Coins outstanding", whole(standing.coins), f"{usd(standing.coin_cents)} at face value", coins),
        Tile(
            "Owed to creators",
            usd(standing.diamond_cents),
            f"{whole(standing.diamonds)} diamonds at {rate}",
            diamonds,
        ),
        Tile(
            "On the way",
            usd(standing.on_the_way_cents),
            _count(standing.on_the_way, "withdrawal"),
            rows_behind(operator, "payouts.withdrawal", status__in="requested,sent"),
        ),
        Tile(
            "Paid out",
            usd(business.ever.paid_cents),
            f"{usd(business.weeks.paid_cents)} in 28 days",
            rows_behind(operator, "payouts.withdrawal", status__exact="paid"),
        ),
    ]


def _people(operator: User, business: Business) -> list[Tile]:
    since = midnight(business.first_of_week).isoformat()
    creators, day = business.creators or (None, None)
    return [
        Tile(
            "New people in 7 days",
            whole(business.week.new_people),
            f"{whole(business.today.sums.new_people)} today",
            rows_behind(operator, "people.user", date_joined__gte=since),
            business.line_of(lambda one: one.new_people),
        ),
        Tile(
            "Gifters yesterday",
            whole(business.yesterday.sums.gifters),
            f"{whole(business.today.sums.gifters)} today so far",
            rows_behind(operator, "live.settlement", settled_at__gte=midnight(business.yesterday.day).isoformat()),
            business.line_of(lambda one: one.gifters),
        ),
        Tile(
            "Creators who can get gifts",
            "–" if creators is None else whole(creators),
            f"counted at the end of {day:%-d %b}" if day else "counted at the end of a day",
            rows_behind(operator, "live.creator"),
        ),
    ]


def _announced(operator: User) -> list[Context]:
    """Return each announced row with the address of its page, or of the public one."""
    return [{**one._asdict(), "url": _page_of(one, operator)} for one in announced()]


def _page_of(one: Announced, operator: User) -> str:
    if not may_view(operator, one.kind):
        return reverse("economy-changes")
    return reverse(f"admin:{one.kind.replace('.', '_')}_change", args=[one.pk])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
