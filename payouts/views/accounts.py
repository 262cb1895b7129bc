"""Payout accounts: the list, adding one, removing one."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from payouts.forms import AccountForm
from payouts.models import PayoutTerms
from payouts.receiving.accounts import (
    AccountRefused,
    accounts_of,
    add_payout_account,
    remove_payout_account,
)
from payouts.receiving.providers import services_offered
from payouts.withdrawals.trying import receivers_to_try
from people.answers import posted_from, see_other
from people.pace import paced
from people.refusals import Refusal
from people.requests import SignedInRequest
from people.signing_in.recently import recent_sign_in_required, signed_in_recently
from wallet.ages import AgeRefused, age_to_declare, declare_age


@require_http_methods(["GET", "HEAD", "POST"])
@paced("payout_account", "payout accounts were sent")
def accounts(request: SignedInRequest) -> HttpResponseBase:
    """List payout accounts; add one."""
    if request.method == "POST":
        return add_account(request)
    return _accounts_page(request, AccountForm(services=services_offered(), age=age_to_declare(request.user)))


@recent_sign_in_required
def add_account(request: SignedInRequest) -> HttpResponse:
    form = AccountForm(request.POST, services=services_offered(), age=age_to_declare(request.user))
    if not form.is_valid():
        return _accounts_page(request, form, status=422)
    try:
        if form.declared_age:
            declare_age(request.user, form.declared_age)
        add_payout_account(
            owner=request.user,
            service=form.service,
            country=form.cleaned_data["country"],
            receiver=form.cleaned_data["receiver"],
            label=form.cleaned_data["label"],
        )
    except (AccountRefused, AgeRefused) as refusal:
        return _accounts_page(request, form, refusal=refusal, status=409)
    return see_other("withdraw" if "to_withdraw" in request.POST else "payout-accounts")


@posted_from("payout-accounts", about_one=False)
@recent_sign_in_required
def remove_account(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Remove an account; a repeat changes nothing."""
    remove_payout_account(get_object_or_404(request.user.payout_accounts, pk=account_id))
    return see_other("payout-accounts")


def _accounts_page(
    request: SignedInRequest, form: AccountForm, *, refusal: Refusal | str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "accounts": accounts_of(request.user),
        "terms": PayoutTerms.objects.at(),
        "to_try": receivers_to_try(),
        "asks_again": not signed_in_recently(request),
        "refusal": refusal,
        "to_withdraw": "to_withdraw" in request.GET or "to_withdraw" in request.POST,
    }
    return render(request, "payouts/accounts.html", context, status=status)
