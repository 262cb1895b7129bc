"""Everything about one person, for an operator: each part needs the permission to view its rows."""

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Count, Q, Sum

from live.models import Comment, Creator, GiftTap, LiveSession, SpendingLimit
from payouts.diamonds import diamonds_of, held_of
from payouts.models import Withdrawal
from payouts.withdrawals.lists import withdrawals_of
from people.answers import Context
from people.models import User
from wallet.coins import coins_of
from wallet.models import Account, Reason, Recharge, Transfer

# Rows of each list; a link leads to all of them.
MOST = 5


def about_person(person: User, operator: User) -> Context:
    """Return the parts of the person's page that the operator may view."""
    may = operator.has_perm
    context: Context = {"person": person}
    creators = Creator.objects.filter(pk=person.pk).annotate(follower_count=Count("followers"))  # type: ignore[no-redef]
    context["creator"] = creators.first()
    context["suspension"] = person.suspensions.select_related("by").first()
    context["notes"] = person.notes_about.select_related("author")[:MOST]
    if may("people.change_user"):
        context["sessions"] = UserSession.objects.filter(user=person).order_by("-last_seen_at")[:MOST]
    if may("wallet.view_account"):
        context["balances"] = _balances(person)
    if may("wallet.view_recharge"):
        context |= _recharges(person)
    if may("live.view_gifttap"):
        context |= _gifts(person)
    if may("live.view_comment"):
        comments = Comment.objects.filter(author=person).select_related("session")
        context["comments"] = comments.order_by("-created_at")[:MOST]
    if may("payouts.view_withdrawal"):
        context |= _withdrawals(person)
    if may("payouts.view_payoutaccount"):
        context["accounts"] = person.payout_accounts.select_related("service")
    if may("live.view_livesession"):
        lives = LiveSession.objects.filter(creator=person.pk).select_related("settlement")
        context["lives"] = lives[:MOST]
    context["limits"] = SpendingLimit.objects.filter(viewer=person, called_off_at=None).first()
    context["history"] = history_of(person)
    return context


def history_of(person: User) -> list[LogEntry]:
    """Return what operators did to the person, their creator's page and their withdrawals, the newest first."""
    withdrawals = Withdrawal.objects.filter(creator=person).values_list("pk", flat=True)
    about = Q(content_type__app_label="people", content_type__model="user", object_id=str(person.pk))
    about |= Q(content_type__app_label="live", content_type__model="creator", object_id=str(person.pk))
    keys = [str(key) for key in withdrawals[:100]]
    about |= Q(content_type__app_label="payouts", content_type__model="withdrawal", object_id__in=keys)
    entries = LogEntry.objects.filter(about).select_related("user", "content_type")
    return list(entries.order_by("-action_time")[: 2 * MOST])


def _balances(person: User) -> dict[str, int]:
    names = {"coins": coins_of(person).name, "diamonds": diamonds_of(person).name, "held": held_of(person).name}
    found = dict(Account.objects.filter(name__in=names.values()).values_list("name", "balance"))
    return {kind: found.get(name) or 0 for kind, name in names.items()}


def _recharges(person: User) -> Context:
    paid = Q(status=Recharge.Status.CONFIRMED)
    sums = person.recharges.order_by().aggregate(
        count=Count("pk", paid), cents=Sum("cents", filter=paid, default=0), coins=Sum("coins", filter=paid, default=0)
    )
    return {"recharges": person.recharges.all()[:MOST], "recharged": sums}


def _gifts(person: User) -> Context:
    """Return the newest taps, and the coins given: those that left the account for a gift and didn't come back."""
    taps = GiftTap.objects.filter(viewer=person).select_related("session__creator")
    moved = Transfer.objects.filter(debit=coins_of(person).name, reason=Reason.GIFT).order_by()
    given = moved.aggregate(count=Count("pk"), coins=Sum("amount", default=0))
    return {"taps": taps.order_by("-created_at")[:MOST], "given": given}


def _withdrawals(person: User) -> Context:
    paid = Q(status=Withdrawal.Status.PAID)
    sums = person.withdrawals.order_by().aggregate(
        paid_cents=Sum("cents", filter=paid, default=0),
        way_cents=Sum("cents", filter=Q(status__in=Withdrawal.OPEN), default=0),
        count=Count("pk"),
    )
    return {"withdrawals": withdrawals_of(person)[:MOST], "withdrawn": sums}
