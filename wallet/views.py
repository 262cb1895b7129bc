"""The viewer's wallet: balance, recharge, history, and the address for payment providers' messages."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from people.answers import Context, see_other
from people.pace import paced
from people.refusals import Refusal
from people.requests import Request, SignedInRequest
from wallet import history, recharges
from wallet.coins import coin_balance
from wallet.errands import errand_of, why_pointless, with_errand
from wallet.forms import OutcomeForm, RechargeForm
from wallet.gateways import Forged, method_name, payment_gateway
from wallet.messages import bounded_body
from wallet.models import Recharge
from wallet.packages import priced_packages, smallest_package_covering


@require_safe
def wallet(request: SignedInRequest) -> HttpResponse:
    """Show the balance and the latest entries; a viewer without entries sees the packages."""
    entries = history.latest_entries(request.user)
    coins = coin_balance(request.user)
    context = {"entries": entries, "coin_balance": coins}
    return render(request, "wallet/wallet.html", context if entries else context | _shop(request, coins))


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
        recharge = recharges.start_recharge(user=request.user, **form.choice())
    except recharges.RechargeRefused as refusal:
        return _show_shop(request, shop | {"refusal": refusal}, status=refusal.status)
    checkout = with_errand(payment_gateway().checkout_url(recharge), shop["errand"])
    return HttpResponseClientRedirect(checkout) if request.htmx else see_other(checkout)


@require_http_methods(["GET", "HEAD", "POST"])
def recharge(request: SignedInRequest, recharge_id: UUID) -> HttpResponse:
    """Show one recharge: its checkout while it is unpaid, then its receipt. A POST decides a sandbox payment."""
    recharge = get_object_or_404(request.user.recharges, pk=recharge_id)
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
        return _show_recharge(request, recharge, refusal=refusal, status=refusal.status)
    recharge.refresh_from_db()
    return _show_recharge(request, recharge) if request.htmx else see_other(request.get_full_path())


@csrf_exempt  # a provider has no session; read_message() checks its signature
@login_not_required
@require_POST
def payment_callback(request: Request, provider: str) -> HttpResponse:
    """Receive a payment provider's signed message: 200 with the outcome, 400 for a message that is Forged."""
    if provider not in settings.PAYMENT_GATEWAYS:
        raise Http404
    try:
        outcome = recharges.receive_message(provider, request.headers, bounded_body(request))
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
    form = RechargeForm(
        request.POST if request.method == "POST" else None,
        packages=known,
        methods=payment_gateway().methods,
        chosen=next(iter(asked_for or likely), None),
    )
    covers = {"covering": covering, "left_over": errand.left_over_from(covering), "pointless": pointless}
    return {"coin_balance": coins, "errand": errand, "form": form, **covers}


def _show_shop(request: SignedInRequest, shop: Context, status: int = 200) -> HttpResponse:
    template = "wallet/_recharge_form.html" if request.htmx else "wallet/recharge_start.html"
    return render(request, template, shop, status=status)


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
        "errand": errand_of(request, coins),
        "is_sandbox": recharges.is_decided_here(recharge),
        "checkout_url": payment_gateway(recharge.provider).checkout_url(recharge),
        "form": form,
        "refusal": refusal,
        "coin_balance": coins,
    }
    template = "wallet/_recharge.html" if request.htmx else "wallet/recharge.html"
    return render(request, template, context, status=status)
