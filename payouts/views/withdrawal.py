"""The page of one withdrawal, with its tracker; cancelling it, or calling it back."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from payouts.models import Withdrawal
from payouts.withdrawals.sending import call_back_withdrawal, can_be_called_back
from payouts.withdrawals.tracking import provider_fee, track
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal
from people.answers import Context, posted_from, see_other
from people.requests import SignedInRequest


@require_safe
def withdrawal(request: SignedInRequest, withdrawal_id: UUID) -> HttpResponse:
    """One withdrawal and its steps; htmx asks with `seen` and gets the tracker when there is something new."""
    context = describe_withdrawal(get_object_or_404(own_withdrawals(request), pk=withdrawal_id))
    if not request.htmx:
        return render(request, "payouts/withdrawal.html", context)
    if request.GET.get("seen") == context["track"].seen:
        return HttpResponse(status=204)
    return render(request, "payouts/_tracker.html", context)


@posted_from("withdrawal")
def cancel(request: SignedInRequest, withdrawal_id: UUID) -> HttpResponse:
    """Cancel a withdrawal before it is sent, or call it back while it is unclaimed."""
    withdrawal = get_object_or_404(own_withdrawals(request), pk=withdrawal_id)
    take_back = call_back_withdrawal if can_be_called_back(withdrawal) else cancel_withdrawal
    refusal: WithdrawalRefused | str = ""
    status = 200
    try:
        take_back(withdrawal, by=request.user.email)
    except WithdrawalRefused as refused:
        refusal, status = refused, 409
    if not (request.htmx or refusal):
        return see_other("withdrawal", withdrawal_id)
    context = {**describe_withdrawal(get_object_or_404(own_withdrawals(request), pk=withdrawal_id)), "refusal": refusal}
    template = "payouts/_tracker.html" if request.htmx else "payouts/withdrawal.html"
    return render(request, template, context, status=status)


def own_withdrawals(request: SignedInRequest) -> QuerySet[Withdrawal]:
    return request.user.withdrawals.select_related("account__service").prefetch_related("steps", "approvals", "reports")


def describe_withdrawal(withdrawal: Withdrawal) -> Context:
    is_back = withdrawal.status in withdrawal.GIVEN_BACK
    fee_cents = provider_fee(withdrawal)
    return {"withdrawal": withdrawal, "track": track(withdrawal), "fee_cents": fee_cents, "is_back": is_back}
