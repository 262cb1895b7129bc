"""A withdrawal in three steps: Amount, Review, Done."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import push_url, replace_url

from payouts.forms import ConfirmForm, WithdrawForm
from payouts.models import PayoutAccount, Quote, Withdrawal
from payouts.money import plain_usd
from payouts.receiving.accounts import (
    accounts_of,
    why_not_now,
)
from payouts.views.withdrawal import describe_withdrawal, own_withdrawals
from payouts.withdrawals import withdrawals
from payouts.withdrawals.lists import last_withdrawal
from payouts.withdrawals.offers import Offer, approvals_before, offer_to
from payouts.withdrawals.withdrawals import WithdrawalRefused, request_withdrawal
from people.answers import Context, see_other
from people.pace import paced
from people.requests import SignedInRequest
from people.signing_in.recently import recent_sign_in_required, signed_in_recently, take_confirmation
from people.text.numbers import cents_from


def _amount_again(request: SignedInRequest) -> str:
    """Return the address of the first step with the quote or the typed values, for after a confirmed sign-in."""
    if quote := _own_quote(request, request.POST):
        return _page_of_quote(quote.pk)
    typed = {name: request.POST.get(name, "")[:20] for name in ("amount", "account")}
    return f"{reverse('withdraw')}?{urlencode({**typed, 'confirmed': 1})}"


def _page_of_quote(number: UUID | str) -> str:
    return f"{reverse('withdraw')}?{urlencode({'quote': number})}"


def _own_quote(request: SignedInRequest, values: QueryDict) -> Quote | None:
    """Return the reader's quote that the values name, with its withdrawal if it was confirmed; None without one."""
    if "quote" not in values:
        return None
    form = ConfirmForm(values)
    return _own_quotes(request).filter(pk=form.cleaned_data["quote"]).first() if form.is_valid() else None


def _own_quotes(request: SignedInRequest) -> QuerySet[Quote]:
    return request.user.quotes.select_related("account__service", "rate", "withdrawal")


@require_http_methods(["GET", "HEAD", "POST"])
@paced("withdraw", "amounts were asked for")
def withdraw(request: SignedInRequest) -> HttpResponseBase:
    """Ask for an amount; answer a good one with its review. A quote that was confirmed leads to its withdrawal."""
    quote = _own_quote(request, request.POST if request.method == "POST" else request.GET)
    if quote and quote.confirmed:
        return _done(request, quote.confirmed)
    if request.method == "POST":
        return _review(request)
    if quote and not quote.is_over():
        return _review_step(request, quote)
    return _amount_step(request, quote=quote)


@recent_sign_in_required(back_to=_amount_again)
def _review(request: SignedInRequest) -> HttpResponse:
    form = WithdrawForm(request.POST, creator=request.user)
    if not form.is_valid():
        return _amount_step(request, form=form, status=422)
    account, cents = form.cleaned_data["account"], form.cleaned_data["amount"]
    if account is None:
        raise Http404
    try:
        quote = withdrawals.quote(creator=request.user, account=account, cents=cents)
    except WithdrawalRefused as refusal:
        return _amount_step(request, form=form, refusal=refusal, status=409)
    return _review_step(request, quote)


def confirm(request: SignedInRequest) -> HttpResponseBase:
    """Withdraw the quote, once. A repeat moves nothing, so it needs no recent sign-in and leads to the withdrawal."""
    if request.method != "POST":
        # After a log-in the browser comes back with a GET, without the form. The address still names the quote.
        return redirect(_page_of_quote(request.GET["quote"]) if "quote" in request.GET else "withdraw")
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        refusal = "Nothing was withdrawn: the quote couldn't be read. Review the amount again."
        return _amount_step(request, refusal=refusal, status=422)
    quote = get_object_or_404(_own_quotes(request), pk=form.cleaned_data["quote"])
    return _done(request, quote.confirmed) if quote.confirmed else _request(request, quote)


@recent_sign_in_required(back_to=_amount_again)
def _request(request: SignedInRequest, quote: Quote) -> HttpResponse:
    try:
        withdrawal = request_withdrawal(quote=quote, creator=request.user)
    except WithdrawalRefused as refusal:
        return _amount_step(request, form=_form_of(quote), refusal=refusal, status=409)
    return _done(request, withdrawal)


def _done(request: SignedInRequest, withdrawal: Withdrawal) -> HttpResponse:
    """Lead to the page of a withdrawal; for htmx, put it in the place of the review."""
    if request.method != "POST":
        return redirect("withdrawal", withdrawal.id)
    if not request.htmx:
        return see_other("withdrawal", withdrawal.id)
    context = describe_withdrawal(get_object_or_404(own_withdrawals(request), pk=withdrawal.pk))
    response = render(request, "payouts/_withdrawal.html", context)
    return push_url(response, reverse("withdrawal", args=[withdrawal.id]))


def _amount_step(
    request: SignedInRequest,
    *,
    form: WithdrawForm | None = None,
    quote: Quote | None = None,
    refusal: WithdrawalRefused | str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the first step: with the typed values, with a quote's, or with values that would be accepted."""
    accounts = [(account, why_not_now(account)) for account in accounts_of(request.user)]
    offer = offer_to(request.user)
    initial = _first_choice(request, offer, accounts)
    context = {
        "form": form or (_form_of(quote) if quote else WithdrawForm(creator=request.user, initial=initial)),
        "offer": offer,
        "accounts": accounts,
        "none_usable": bool(accounts) and all(why for _, why in accounts),
        "asks_again": not signed_in_recently(request),
        "is_known": take_confirmation(request),
        "quote": quote,
        "last": last_withdrawal(request.user),
        "refusal": refusal,
    }
    return _step(request, "payouts/_amount.html", context, status=status)


def _form_of(quote: Quote) -> WithdrawForm:
    return WithdrawForm({"amount": plain_usd(quote.cents), "account": str(quote.account_id)}, creator=quote.creator)


def _review_step(request: SignedInRequest, quote: Quote) -> HttpResponse:
    """Show the quote, and the balance and allowance after it. The address of the review names its quote."""
    offer = offer_to(request.user)
    context = {
        "quote": quote,
        "offer": offer,
        "left_cents": offer.left_after(quote.cents),
        "kept_diamonds": offer.kept_after(quote.diamonds),
        "approvals": approvals_before(request.user, quote.cents, offer.terms),
        "is_known": take_confirmation(request),
        "last": last_withdrawal(request.user),
    }
    response = _step(request, "payouts/_review.html", context)
    return replace_url(response, _page_of_quote(quote.pk)) if request.htmx else response


def _first_choice(request: SignedInRequest, offer: Offer, accounts: list[tuple[PayoutAccount, str]]) -> dict[str, Any]:
    """Return the amount and account to start from: the address's if they are allowed or were typed before."""
    typed = request.GET.get("amount", "")
    cents = cents_from(typed)
    amount = plain_usd(cents if cents and offer.allows(cents) else offer.suggested_cents)
    usable = [str(account.pk) for account, why in accounts if not why]
    wanted = request.GET.get("account", "")
    return {
        "amount": typed[:20] if "confirmed" in request.GET and typed else amount,
        "account": wanted if wanted in usable else next(iter(usable), ""),
    }


def _step(request: SignedInRequest, step: str, context: Context, status: int = 200) -> HttpResponse:
    template = step if request.htmx else "payouts/withdraw.html"
    return render(request, template, {"step": step, **context}, status=status)
