"""Withdrawals in three steps (Amount, Review, Done), each withdrawal's own page, and payout accounts."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from payouts import withdrawals
from payouts.accounts import AccountRefused, accounts_of, add_payout_account, remove_payout_account, why_not_now
from payouts.forms import AccountForm, ConfirmForm, WithdrawForm, cents_of
from payouts.models import PayoutTerms
from payouts.offers import approvals_before, offer_to
from payouts.providers import services_offered
from payouts.sending import call_back_withdrawal, can_be_called_back
from payouts.templatetags.money import plain_usd
from payouts.tracking import provider_fee, track
from payouts.trying import receivers_to_try
from payouts.withdrawals import WithdrawalRefused, cancel_withdrawal, request_withdrawal
from people.answers import posted_from, see_other
from people.recently import recent_sign_in_required, signed_in_recently

# --- Amount, Review, Done -------------------------------------------------------------------------


def _amount_again(request):
    """Return the address of the first step with what was typed or quoted, for after somebody has shown who they are."""
    typed = {name: request.POST.get(name, "")[:20] for name in ("amount", "account")}
    form = ConfirmForm(request.POST)
    if "quote" in request.POST and form.is_valid():
        quote = request.user.quotes.filter(pk=form.cleaned_data["quote"]).first()
        typed = {"amount": plain_usd(quote.cents), "account": quote.account_id} if quote else typed
    return f"{reverse('withdraw')}?{urlencode({**typed, 'confirmed': 1})}"


@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required(back_to=_amount_again)
def withdraw(request):
    """Ask for an amount; answer a good one with its review."""
    if request.method != "POST":
        return _amount_step(request)
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


@posted_from("withdraw")
@recent_sign_in_required(back_to=_amount_again)
def confirm(request):
    """Withdraw what was reviewed, once for each quote."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        refusal = "Nothing was withdrawn: the quote couldn't be read. Review the amount again."
        return _amount_step(request, refusal=refusal, status=422)
    quote = get_object_or_404(request.user.quotes.select_related("account__service"), pk=form.cleaned_data["quote"])
    try:
        withdrawal = request_withdrawal(quote=quote, creator=request.user)
    except WithdrawalRefused as refusal:
        typed = {"amount": plain_usd(quote.cents), "account": str(quote.account_id)}
        form = WithdrawForm(typed, creator=request.user)
        return _amount_step(request, form=form, refusal=refusal, status=409)
    if not request.htmx:
        return see_other("withdrawal", withdrawal.id)
    context = _about(get_object_or_404(_own(request), pk=withdrawal.pk))
    response = render(request, "payouts/_withdrawal.html", context)
    response["HX-Push-Url"] = reverse("withdrawal", args=[withdrawal.id])
    return response


def _amount_step(request, *, form=None, refusal="", status=200):
    """Show the first step, with what was typed, or with an amount and an account that would be accepted."""
    accounts = [(account, why_not_now(account)) for account in accounts_of(request.user)]
    offer = offer_to(request.user)
    asks_again = not signed_in_recently(request)
    confirmed = "confirmed" in request.GET and not asks_again
    context = {
        "form": form or WithdrawForm(creator=request.user, initial=_first_choice(request, offer, accounts)),
        "offer": offer,
        "accounts": accounts,
        "none_usable": bool(accounts) and all(why for _, why in accounts),
        "asks_again": asks_again,
        "confirmed": confirmed,
        "refusal": refusal,
    }
    return _step(request, "payouts/_amount.html", context, status=status)


def _review_step(request, quote):
    """Show what would be withdrawn, and what is left then."""
    offer = offer_to(request.user)
    context = {
        "quote": quote,
        "offer": offer,
        "left_cents": offer.left_after(quote.cents),
        "kept_diamonds": offer.kept_after(quote.diamonds),
        "approvals": approvals_before(request.user, quote.cents, offer.terms),
    }
    return _step(request, "payouts/_review.html", context)


def _first_choice(request, offer, accounts):
    """Return the amount and account to start from: those in the address if they can go, or were typed before."""
    typed = request.GET.get("amount", "")
    cents = cents_of(typed)
    amount = plain_usd(cents if cents and offer.allows(cents) else offer.suggested_cents)
    usable = [str(account.pk) for account, why in accounts if not why]
    wanted = request.GET.get("account", "")
    return {
        "amount": typed[:20] if "confirmed" in request.GET and typed else amount,
        "account": wanted if wanted in usable else next(iter(usable), ""),
    }


def _step(request, step, context, status=200):
    template = step if request.htmx else "payouts/withdraw.html"
    return render(request, template, {"step": step, **context}, status=status)


# --- One withdrawal -------------------------------------------------------------------------------


@require_safe
def withdrawal(request, withdrawal_id):
    """One withdrawal and its steps; htmx asks with `seen` and gets the tracker when there is something new."""
    context = _about(get_object_or_404(_own(request), pk=withdrawal_id))
    if not request.htmx:
        return render(request, "payouts/withdrawal.html", context)
    if request.GET.get("seen") == context["track"].seen:
        return HttpResponse(status=204)
    return render(request, "payouts/_tracker.html", context)


@posted_from("withdrawal")
def cancel(request, withdrawal_id):
    """Take a withdrawal back: before it is sent, or while nobody has claimed it."""
    withdrawal = get_object_or_404(_own(request), pk=withdrawal_id)
    take_back = call_back_withdrawal if can_be_called_back(withdrawal) else cancel_withdrawal
    refusal, status = "", 200
    try:
        take_back(withdrawal, by=request.user.email)
    except WithdrawalRefused as refused:
        refusal, status = refused, 409
    if not (request.htmx or refusal):
        return see_other("withdrawal", withdrawal_id)
    context = {**_about(get_object_or_404(_own(request), pk=withdrawal_id)), "refusal": refusal}
    template = "payouts/_tracker.html" if request.htmx else "payouts/withdrawal.html"
    return render(request, template, context, status=status)


def _own(request):
    return request.user.withdrawals.select_related("account__service").prefetch_related("steps", "approvals", "reports")


def _about(withdrawal):
    is_back = withdrawal.status in withdrawal.GIVEN_BACK
    fee_cents = provider_fee(withdrawal)
    return {"withdrawal": withdrawal, "track": track(withdrawal), "fee_cents": fee_cents, "is_back": is_back}


# --- Payout accounts ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request):
    """List payout accounts; add one."""
    if request.method == "POST":
        return add_account(request)
    return _accounts_page(request, AccountForm(services=services_offered()))


@recent_sign_in_required
def add_account(request):
    form = AccountForm(request.POST, services=services_offered())
    if not form.is_valid():
        return _accounts_page(request, form, status=422)
    try:
        add_payout_account(
            owner=request.user,
            service=form.service,
            country=form.cleaned_data["country"],
            receiver=form.cleaned_data["receiver"],
        )
    except AccountRefused as refusal:
        return _accounts_page(request, form, refusal=refusal, status=409)
    return see_other("withdraw" if "to_withdraw" in request.POST else "payout-accounts")


@posted_from("payout-accounts", about_one=False)
@recent_sign_in_required
def remove_account(request, account_id):
    """Take an account out of use; removing it again changes nothing."""
    remove_payout_account(get_object_or_404(request.user.payout_accounts, pk=account_id))
    return see_other("payout-accounts")


def _accounts_page(request, form, *, refusal="", status=200):
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
