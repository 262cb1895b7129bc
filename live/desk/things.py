"""Everything about one withdrawal, one recharge and one live, for an operator: read from rows, nothing moves."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet

from live.feed.tallies import with_totals
from live.models import Comment, GifterTally, LiveSession
from live.tracing.purchases import follow_recharge
from payouts.models import Withdrawal
from payouts.withdrawals.tracking import provider_fee, track
from payouts.withdrawals.waiting import described
from people.answers import Context
from people.models import User
from wallet.models import Checkout, PaymentEvent, Reason, Recharge, Transfer

MOST = 10


def withdrawals_described() -> QuerySet[Withdrawal]:
    """Return withdrawals with all that their page shows."""
    return described(Withdrawal.objects.all()).prefetch_related("steps")


def about_withdrawal(withdrawal: Withdrawal) -> Context:
    """Return the tracker that the creator sees, and the provider's answers as they came."""
    return {
        "withdrawal": withdrawal,
        "track": track(withdrawal),
        "fee_cents": provider_fee(withdrawal),
        "reports": withdrawal.reports.order_by("id"),
        "steps": withdrawal.steps.all(),
    }


def about_recharge(recharge: Recharge, operator: User) -> Context:
    """Return the steps, messages and transfers of a recharge, and its lot with the lives that got coins of it.

    Parts are left out whose rows the operator may not view.
    """
    context: Context = {"recharge": recharge, "steps": recharge.steps.all()}
    context["checkout"] = getattr(recharge, "checkout", None)
    if operator.has_perm("wallet.view_paymentevent"):
        context["messages_of_provider"] = PaymentEvent.objects.filter(about=recharge.pk)[:MOST]
    if operator.has_perm("wallet.view_transfer"):
        context["transfers"] = Transfer.objects.filter(reference=recharge.pk).order_by("id")
    if operator.has_perm("live.view_gifttap"):
        context["purchase"] = follow_recharge(recharge, None)
    return context


@transaction.atomic
def put_aside(recharge: Recharge, *, by: User, why: str) -> bool:
    """Take a recharge from those to look at, with the operator's reason; return whether it was among them."""
    checkout = Checkout.objects.select_for_update().filter(recharge=recharge).exclude(attention="").first()
    if checkout is None:
        return False
    words = f"Looked at: {checkout.attention}. Reason: {why}"
    LogEntry.objects.log_actions(by.pk, [recharge], CHANGE, words, single_object=True)
    checkout.attention = ""
    checkout.save(update_fields=["attention"])
    return True


def about_live(live: LiveSession, operator: User) -> Context:
    """Return the points, transfers, gifters, comments and taps of a live, those whose rows the operator may view."""
    (counted,) = with_totals(LiveSession.objects.filter(pk=live.pk))
    context: Context = {"live": live, "points": counted.points_so_far, "gifts": counted.gifts_so_far}
    if operator.has_perm("live.view_settlement"):
        context["settlement"] = getattr(live, "settlement", None)
    if operator.has_perm("wallet.view_transfer"):
        settled = [Reason.SETTLE_POINTS, Reason.SETTLE_DIAMONDS]
        context["transfers"] = Transfer.objects.filter(reference=live.pk, reason__in=settled).order_by("id")
    if operator.has_perm("live.view_gifttap"):
        gifters = GifterTally.objects.filter(session=live).select_related("viewer")
        context["gifters"] = gifters.order_by("-points", "pk")[:MOST]
        context["taps"] = live.taps.select_related("viewer").order_by("-id")[:MOST]
    if operator.has_perm("live.view_comment"):
        comments = Comment.objects.filter(session=live).select_related("author", "removed_by")
        context["comments"] = comments.order_by("-id")[:MOST]
    return context
