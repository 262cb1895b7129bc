"""Everything about one person, for an operator: each part needs the permission to view its rows."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Count, Q, Sum

from live.gifts.limits import limits_of
from live.models import Comment, Creator, GiftTap, LiveSession
from payouts.diamonds import diamonds_of, held_of
from payouts.models import Withdrawal
from payouts.withdrawals.lists import withdrawals_of
from people.answers import Context
from people.models import User
from wallet.coins import coins_of
from wallet.models import Account, Reason, Recharge, Transfer

# Rows of each list; a link leads to all of them.
MOST = 5
# Withdrawals whose history is read.
MOST_LOOKED_AT = 100


def about_person(person: User, operator: User) -> Context:
    """Return the parts of the person's page that the operator may view."""
    creators = Creator.objects.filter(pk=person.pk).annotate(follower_count=Count("followers"))  # type: ignore[no-redef]
    context: Context = {"person": person, "creator": creators.first()}
    for permission, read in PARTS:
        if operator.has_perm(permission):
            context |= read(person)
    may_view_withdrawals = operator.has_perm("payouts.view_withdrawal")
    context["history"] = _history(person, with_withdrawals=may_view_withdrawals)
    return context


def _history(person: User, *, with_withdrawals: bool) -> list[LogEntry]:
    """Return what operators did to the person, their creator's page and their newest withdrawals, the newest first."""
    about = Q(content_type__app_label="people", content_type__model="user", object_id=str(person.pk))
    about |= Q(content_type__app_label="live", content_type__model="creator", object_id=str(person.pk))
    if with_withdrawals:
        keys = [str(key) for key in person.withdrawals.values_list("pk", flat=True)[:MOST_LOOKED_AT]]
        about |= Q(content_type__app_label="payouts", content_type__model="withdrawal", object_id__in=keys)
    entries = LogEntry.objects.filter(about).select_related("user", "content_type")
    return list(entries.order_by("-action_time")[: 2 * MOST])


def _balances(person: User) -> Context:
    names = {"coins": coins_of(person).name, "diamonds": diamonds_of(person).name, "held": held_of(person).name}
    found = dict(Account.objects.filter(name__in=names.values()).values_list("name", "balance"))
    return {"balances": {kind: found.get(name) or 0 for kind, name in names.items()}}


def _recharges(person: User) -> Context:
    paid = Q(status=Recharge.Status.CONFIRMED)
    sums = person.recharges.order_by().aggregate(
        count=Count("pk", paid), cents=Sum("cents", filter=paid, default=0), coins=Sum("coins", filter=paid, default=0)
    )
    declared = person.age_declarations.first()
    return {"recharges": person.recharges.all()[:MOST], "recharged": sums, "age": declared, "knows_age": True}


def _gifts(person: User) -> Context:
    """Return the newest taps, the own limits in force, and the coins given: those of gifts that weren't reversed."""
    taps = GiftTap.objects.filter(viewer=person).select_related("session__creator")
    moved = Transfer.objects.filter(debit=coins_of(person).name, reason=Reason.GIFT, reversed_by=None).order_by()
    given = moved.aggregate(count=Count("pk"), coins=Sum("amount", default=0))
    return {"taps": taps.order_by("-created_at")[:MOST], "given": given, "limits": limits_of(person)}


def _withdrawals(person: User) -> Context:
    paid = Q(status=Withdrawal.Status.PAID)
    sums = person.withdrawals.order_by().aggregate(
        paid_cents=Sum("cents", filter=paid, default=0),
        way_cents=Sum("cents", filter=Q(status__in=Withdrawal.OPEN), default=0),
    )
    return {"withdrawals": withdrawals_of(person)[:MOST], "withdrawn": sums}


def _suspension(person: User) -> Context:
    return {"suspension": person.suspensions.select_related("by").first()}


def _notes(person: User) -> Context:
    return {"notes": person.notes_about.select_related("author")[:MOST]}


def _sessions(person: User) -> Context:
    return {"sessions": UserSession.objects.filter(user=person).order_by("-last_seen_at")[:MOST]}


def _comments(person: User) -> Context:
    comments = Comment.objects.filter(author=person).select_related("session")
    return {"comments": comments.order_by("-created_at")[:MOST]}


def _accounts(person: User) -> Context:
    return {"accounts": person.payout_accounts.select_related("service")}


def _lives(person: User) -> Context:
    return {"lives": LiveSession.objects.filter(creator=person.pk).select_related("settlement")[:MOST]}


# Each part with the permission to view its rows.
PARTS: list[tuple[str, Callable[[User], Context]]] = [
    ("people.view_suspension", _suspension),
    ("people.view_operatornote", _notes),
    ("people.change_user", _sessions),
    ("wallet.view_account", _balances),
    ("wallet.view_recharge", _recharges),
    ("live.view_gifttap", _gifts),
    ("live.view_comment", _comments),
    ("payouts.view_withdrawal", _withdrawals),
    ("payouts.view_payoutaccount", _accounts),
    ("live.view_livesession", _lives),
]
