"""Withdrawals in three steps (Amount, Review, Done), each withdrawal's own page, and payout accounts."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from payouts import withdrawals
from payouts.accounts import AccountRefused, add_payout_account, remove_payout_account
from payouts.forms import AccountForm, ConfirmForm, WithdrawForm, cents_of
from payouts.offers import offer_to
from payouts.templatetags.money import plain_usd
from payouts.withdrawals import WithdrawalRefused, cancel_withdrawal, request_withdrawal
from people.answers import posted_from, see_other
from people.recently import recent_sign_in_required


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request):
    """Ask for an amount; answer a good one with its review."""
    if request.method != "POST":
        return _amount_step(request)
    form = WithdrawForm(request.POST, creator=request.user)
    if not form.is_valid():
        return _amount_step(request, form=form, status=422)
    if form.cleaned_data["account"] is None:
        raise Http404
    try:
        quote = withdrawals.quote(
            creator=request.user, account=form.cleaned_data["account"], cents=form.cleaned_data["amount"]
        )
    except WithdrawalRefused as refusal:
        return _amount_step(request, form=form, refusal=refusal, status=409)
    offer = offer_to(request.user)
    context = {
        "quote": quote,
        "offer": offer,
        "left_cents": offer.left_after(quote.cents),
        "kept_diamonds": offer.kept_after(quote.diamonds),
    }
    return _step(request, "payouts/_review.html", context)


@posted_from("withdraw")
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
    response = render(request, "payouts/_withdrawal.html", {"withdrawal": withdrawal})
    response["HX-Push-Url"] = reverse("withdrawal", args=[withdrawal.id])
    return response


@require_safe
def withdrawal(request, withdrawal_id):
    """One withdrawal and its steps; htmx asks with `seen` and gets the tracker when there is something new."""
    withdrawal = get_object_or_404(_own(request), pk=withdrawal_id)
    if not request.htmx:
        return render(request, "payouts/withdrawal.html", {"withdrawal": withdrawal})
    if request.GET.get("seen") == withdrawal.place:
        return HttpResponse(status=204)
    return render(request, "payouts/_tracker.html", {"withdrawal": withdrawal})


@posted_from("withdrawal")
def cancel(request, withdrawal_id):
    """Call a withdrawal back before it is sent."""
    withdrawal = get_object_or_404(_own(request), pk=withdrawal_id)
    try:
        cancel_withdrawal(withdrawal, by=request.user.email)
    except WithdrawalRefused as refusal:
        withdrawal.refresh_from_db()
        context = {"withdrawal": withdrawal, "refusal": refusal}
        template = "payouts/_tracker.html" if request.htmx else "payouts/withdrawal.html"
        return render(request, template, context, status=409)
    if request.htmx:
        return render(
            request, "payouts/_tracker.html", {"withdrawal": get_object_or_404(_own(request), pk=withdrawal_id)}
        )
    return see_other("withdrawal", withdrawal_id)


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request):
    """List payout accounts; add one."""
    if request.method == "POST":
        return add_account(request)
    return _accounts_page(request, AccountForm(initial={"receiver": request.user.email}))


@recent_sign_in_required
def add_account(request):
    form = AccountForm(request.POST)
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


def _amount_step(request, *, form=None, refusal="", status=200):
    """Show the first step, with what was typed, or with an amount that would be accepted."""
    accounts = list(request.user.payout_accounts.filter(removed_at=None).select_related("service"))
    offer = offer_to(request.user)
    wanted = cents_of(request.GET.get("amount", ""))
    form = form or WithdrawForm(
        creator=request.user,
        initial={
            "amount": plain_usd(wanted if wanted and offer.allows(wanted) else offer.suggested_cents),
            "account": str(accounts[0].pk) if accounts else "",
        },
    )
    context = {"form": form, "offer": offer, "accounts": accounts, "refusal": refusal}
    return _step(request, "payouts/_amount.html", context, status=status)


def _step(request, step, context, status=200):
    template = step if request.htmx else "payouts/withdraw.html"
    return render(request, template, {"step": step, **context}, status=status)


def _own(request):
    return request.user.withdrawals.select_related("account__service").prefetch_related("steps")


def _accounts_page(request, form, *, refusal="", status=200):
    accounts = request.user.payout_accounts.filter(removed_at=None).select_related("service")
    context = {"form": form, "accounts": accounts, "refusal": refusal, "to_withdraw": "to_withdraw" in request.GET}
    return render(request, "payouts/accounts.html", context, status=status)
