"""The viewer's wallet: balance, recharge, history, and the address for payment providers' messages."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from people.answers import Context, in_a_while, see_other
from people.pace import paced
from people.refusals import Refusal
from people.requests import Request, SignedInRequest
from people.text.numbers import whole_from
from wallet import history, recharges
from wallet.ages import AgeRefused, age_to_declare, declare_age
from wallet.checkouts import checkout_address, receive_event
from wallet.coins import coin_balance
from wallet.errands import errand_of, why_pointless, with_errand
from wallet.exact import EXACT, ExactTerms, exact_terms
from wallet.forms import OutcomeForm, RechargeForm
from wallet.gateways import Forged, hosted_gateway, method_name, method_value, offered_methods, payment_providers
from wallet.messages import bounded_body
from wallet.models import Checkout, Recharge
from wallet.packages import priced_packages, smallest_package_covering


@require_safe
def wallet(request: SignedInRequest) -> HttpResponse:
    """Show the balance and the latest entries; a viewer without entries sees the packages."""
    entries = history.latest_entries(request.user)
    coins = coin_balance(request.user)
    context = {"entries": entries, "coin_balance": coins}
    page = render(request, "wallet/wallet.html", context if entries else context | _shop(request, coins))
    return _may_lead_to_checkout(page)


@require_http_methods(["GET", "HEAD", "POST"])
@paced("recharge", "recharges were started")
def recharge_start(request: SignedInRequest) -> HttpResponse:
    """Show the packages and payment methods; a valid POST redirects to the provider's checkout."""
    shop = _shop(request, coin_balance(request.user))
    if request.method != "POST":
        return _show_shop(request, shop)
    form = shop["form"]
    if not form.is_valid():
        return _show_shop(request, shop, status=422)
    try:
        if form.declared_age:
            declare_age(request.user, form.declared_age)
        recharge = recharges.start_recharge(user=request.user, **form.choice())
        page = request.build_absolute_uri(with_errand(resolve_url("recharge", recharge.pk), shop["errand"]))
        checkout = checkout_address(recharge, shop["errand"], page=page)
    except (recharges.RechargeRefused, AgeRefused) as refusal:
        return in_a_while(_show_shop(request, shop | {"refusal": refusal}, status=refusal.status), refusal)
    leave = HttpResponseClientRedirect(checkout) if request.htmx else see_other(checkout)
    return _may_lead_to_checkout(leave)


@require_http_methods(["GET", "HEAD", "POST"])
def recharge(request: SignedInRequest, recharge_id: UUID) -> HttpResponse:
    """Show one recharge: its checkout while it is unpaid, then its receipt. A POST decides a sandbox payment."""
    recharge = get_object_or_404(request.user.recharges.select_related("checkout"), pk=recharge_id)
    if request.htmx and "seen" in request.GET and request.method != "POST":
        # The page waits for the provider: it is loaded anew once the answer differs from the one that it shows.
        has_news = request.GET["seen"] != _standing_of(recharge)
        return HttpResponseClientRefresh() if has_news else HttpResponse(status=204)
    if request.method != "POST":
        return _show_recharge(request, recharge)
    if not recharges.is_decided_here(recharge):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _show_recharge(request, recharge, form=form, status=422)
    try:
        recharges.decide_in_sandbox(recharge, form.cleaned_data["outcome"])
    except recharges.RechargeRefused as refusal:
        return in_a_while(_show_recharge(request, recharge, refusal=refusal, status=refusal.status), refusal)
    recharge.refresh_from_db()
    return _show_recharge(request, recharge) if request.htmx else see_other(request.get_full_path())


@csrf_exempt  # a provider has no session; its gateway checks the signature instead
@login_not_required
@require_POST
def payment_callback(request: Request, provider: str) -> HttpResponse:
    """Receive a payment provider's signed message: 200 with the outcome, 400 for a message that is Forged."""
    if provider not in settings.PAYMENT_GATEWAYS:
        raise Http404
    try:
        body, hosted = bounded_body(request), hosted_gateway(provider)
        if hosted:
            outcome = receive_event(hosted, request.headers, body)
        else:
            outcome = recharges.receive_message(provider, request.headers, body)
    except Forged as error:
        return HttpResponse(f"refused: {error}\n", status=400, content_type="text/plain")
    return HttpResponse(f"{outcome}\n", content_type="text/plain")


def _shop(request: SignedInRequest, coins: int) -> Context:
    """Return the context of the packages: the balance, the form, and the package that covers the missing coins."""
    errand, known = errand_of(request, coins), list(priced_packages())
    packages = [package for package in known if package.is_offered]
    pointless = errand.missing and why_pointless(request.user, errand.needed)
    missing = 0 if pointless else errand.missing
    covering = smallest_package_covering(missing, packages) if missing else None
    asked_for = [package for package in packages if package.slug == request.GET.get("package")]
    likely = [covering] if covering else packages[-1:] if missing else packages[:1]
    chosen = next((package.slug for package in asked_for or likely), "")
    exact = exact_terms()
    form = RechargeForm(
        request.POST if request.method == "POST" else None,
        packages=known,
        methods=offered_methods(),
        exact=exact,
        chosen=EXACT if request.GET.get("package") == EXACT else chosen,
        coins=exact.nearest(missing) if missing else _coins_asked_for(request, exact),
        age=age_to_declare(request.user),
    )
    left_over = errand.left_over_from(covering)
    covers = {"covering": covering, "left_over": left_over, "pointless": pointless}
    covers["is_exact"] = exact.covers(missing) and left_over != 0
    return {"coin_balance": coins, "errand": errand, "form": form, **covers}


def _coins_asked_for(request: SignedInRequest, exact: ExactTerms) -> int | None:
    """Return the exact amount that the address names, if it can be bought."""
    coins = whole_from(request.GET.get("coins", "")) or 0
    return coins if exact.covers(coins) else None


def _show_shop(request: SignedInRequest, shop: Context, status: int = 200) -> HttpResponse:
    template = "wallet/_recharge_form.html" if request.htmx else "wallet/recharge_start.html"
    return _may_lead_to_checkout(render(request, template, shop, status=status))


def _may_lead_to_checkout(response: HttpResponse) -> HttpResponse:
    """Allow the page's forms to lead to the providers' sites: a browser holds redirects to `form-action` as well."""
    hosted = filter(None, map(hosted_gateway, payment_providers()))
    if origins := [gateway.origin for gateway in hosted]:
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


def _checkout_of(recharge: Recharge) -> Checkout | None:
    return getattr(recharge, "checkout", None)


def _standing_of(recharge: Recharge) -> str:
    """Return how the payment stands, as the page shows it."""
    checkout = _checkout_of(recharge)
    is_waiting = recharge.status == Recharge.Status.STARTED and checkout is not None
    return checkout.state if checkout and is_waiting else recharge.status


def _show_recharge(
    request: SignedInRequest,
    recharge: Recharge,
    *,
    form: OutcomeForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    coins = coin_balance(request.user)
    context = {
        "recharge": recharge,
        "steps": list(recharge.steps.all()),
        "method": method_name(recharge),
        "method_value": method_value(recharge.provider, recharge.method),
        "errand": errand_of(request, coins),
        "is_sandbox": recharges.is_decided_here(recharge),
        "checkout": _checkout_of(recharge),
        "standing": _standing_of(recharge),
        "form": form,
        "refusal": refusal,
        "coin_balance": coins,
    }
    template = "wallet/_recharge.html" if request.htmx else "wallet/recharge.html"
    return _may_lead_to_checkout(render(request, template, context, status=status))
