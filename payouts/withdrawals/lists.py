"""A creator's withdrawals as a list, and sums over them."""

from typing import TypeVar

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payouts.models import Withdrawal, WithdrawalStep
from people.models import User

Row = TypeVar("Row", bound=Model)


def withdrawals_of(creator: User) -> QuerySet[Withdrawal]:
    """Return the creator's withdrawals, the newest first, each with `last_at` and `last_why` of its last step."""
    last = WithdrawalStep.objects.filter(withdrawal=OuterRef("pk")).order_by("-id")
    return (
        creator.withdrawals.select_related("account__service")
        .annotate(last_at=Subquery(last.values("at")[:1]), last_why=Subquery(last.values("why")[:1]))
        .order_by("-requested_at", "-id")
    )


def last_withdrawal(creator: User) -> Withdrawal | None:
    """Return the withdrawal that the creator requested last, in any status; None if there was none."""
    return creator.withdrawals.select_related("account__service").order_by("-requested_at", "-id").first()


def with_withdrawn(people: QuerySet[Row]) -> QuerySet[Row]:
    """Annotate people (users, or rows with a user's key) with sums over their withdrawals.

    on_the_way_cents, next_arrival (None if nothing is on the way), paid_cents, paid_count, withdrawal_count.
    """
    every = Withdrawal.objects.filter(creator=OuterRef("pk")).order_by()
    underway = every.filter(status__in=Withdrawal.OPEN)
    paid = every.filter(status=Withdrawal.Status.PAID)
    return people.annotate(  # type: ignore[return-value]
        on_the_way_cents=_sum_of(underway),
        next_arrival=Subquery(underway.order_by("arrives_by").values("arrives_by")[:1]),
        paid_cents=_sum_of(paid),
        paid_count=_count_of(paid),
        withdrawal_count=_count_of(every),
    )


def _sum_of(rows: QuerySet[Withdrawal]) -> Coalesce:
    return Coalesce(Subquery(rows.values("creator").annotate(sum=Sum("cents")).values("sum")), 0)


def _count_of(rows: QuerySet[Withdrawal]) -> Coalesce:
    return Coalesce(Subquery(rows.values("creator").annotate(n=Count("pk")).values("n")), 0)
