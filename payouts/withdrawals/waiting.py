"""The withdrawals that wait for a person: all of them, the oldest first, and those that one operator can do next."""

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery

from payouts.models import ProviderReport, Withdrawal, WithdrawalApproval
from payouts.withdrawals.approvals import BY_OPERATOR
from people.models import User

Attention = Withdrawal.Attention


def waiting(why: str = "") -> QuerySet[Withdrawal]:
    """Return the withdrawals that wait for a person, described, the oldest first; `why` one of Attention, or all."""
    rows = Withdrawal.objects.exclude(attention=Attention.NONE)
    if why:
        rows = rows.filter(attention=why)
    return described(rows).order_by("requested_at", "id")


def described(rows: QuerySet[Withdrawal]) -> QuerySet[Withdrawal]:
    """Return withdrawals with all that an operator's page shows of them, by three queries.

    `said_at` and `said_why` are of the provider's last report, `operators_reports` the reports of operators.
    """
    said = ProviderReport.objects.filter(withdrawal=OuterRef("pk")).exclude(provider__startswith=BY_OPERATOR)
    said = said.exclude(status="CALL_BACK").order_by("-id")  # that one is ours
    by_operators = ProviderReport.objects.filter(provider__startswith=BY_OPERATOR).order_by("id")
    return (
        rows.select_related("creator", "account__service")
        .annotate(said_at=Subquery(said.values("at")[:1]), said_why=Subquery(said.values("why")[:1]))
        .prefetch_related(
            Prefetch("approvals", WithdrawalApproval.objects.select_related("by")),
            Prefetch("reports", by_operators, to_attr="operators_reports"),
        )
    )


def waiting_for(operator: User) -> QuerySet[Withdrawal]:
    """Return the withdrawals that the operator can act on: not their own, nor approved by them."""
    rows = Withdrawal.objects.exclude(attention=Attention.NONE).exclude(creator=operator)
    done = WithdrawalApproval.objects.filter(by=operator).values("withdrawal")
    return rows.exclude(attention=Attention.APPROVAL, pk__in=done)


def count_waiting_for(operator: User) -> int:
    """Return how many withdrawals the operator can act on. One query."""
    return waiting_for(operator).count()


def counts_by_why() -> dict[str, int]:
    """Return {why: how many wait}, for each Attention. One query."""
    rows = Withdrawal.objects.exclude(attention=Attention.NONE).order_by().values_list("attention")
    found = dict(rows.annotate(count=Count("pk")))
    return {why: found.get(why, 0) for why in Attention if why}
