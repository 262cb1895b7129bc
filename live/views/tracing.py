"""Follow the money: a viewer from a recharge or a gift, a creator from a withdrawal. Only to whom it belongs."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from live.forms.tracing import AfterForm
from live.models import LiveSession
from live.tracing.purchases import follow_gift, follow_recharge, follow_recharge_in, given_to, page_of_lots
from live.tracing.withdrawals import follow_withdrawal, follow_withdrawal_in
from payouts import worth
from people.requests import SignedInRequest
from wallet.gateways import method_name


@require_safe
def purchases(request: SignedInRequest) -> HttpResponse:
    """List the viewer's lots, the newest first, each with what is unspent of it."""
    page = page_of_lots(request.user, request.GET.get("page"))
    return render(request, "live/tracing/purchases.html", {"page": page})


@require_safe
def recharge(request: SignedInRequest, recharge_id: UUID) -> HttpResponse:
    """List the lives that got coins of a paid recharge, and what is unspent of it."""
    own = get_object_or_404(request.user.recharges.select_related("user"), pk=recharge_id)
    purchase = follow_recharge(own, request.GET.get("page"))
    if purchase is None:
        raise Http404
    context = {"recharge": own, "method": method_name(own), **purchase._asdict()}
    return render(request, "live/tracing/recharge.html", context)


@require_safe
def recharge_in_live(request: SignedInRequest, recharge_id: UUID, session_id: UUID) -> HttpResponse:
    """List the gifts in one live that were paid from a recharge."""
    own = get_object_or_404(request.user.recharges.select_related("user"), pk=recharge_id)
    found = follow_recharge_in(own, session_id, request.GET.get("page"))
    if found is None:
        raise Http404
    lot, page = found
    live = LiveSession.objects.select_related("creator").get(pk=session_id)
    return render(
        request, "live/tracing/recharge_in_live.html", {"recharge": own, "lot": lot, "page": page, "live": live}
    )


@require_safe
def gift(request: SignedInRequest, tap_id: UUID) -> HttpResponse:
    """Show the recharges that paid for a gift, and what became of its coins."""
    taps = request.user.taps.select_related("viewer", "session__creator", "session__settlement")
    tap = get_object_or_404(taps, tap_id=tap_id)
    paid = follow_gift(tap)
    micros = sum(one.micros for one in paid)
    given = given_to(tap.session, 1, tap.coins, micros, worth.rates_at())
    return render(request, "live/tracing/gift.html", {"tap": tap, "paid": paid, "given": given})


@require_safe
def withdrawal(request: SignedInRequest, withdrawal_id: UUID) -> HttpResponse:
    """List the lives whose diamonds a withdrawal took."""
    own = request.user.withdrawals.select_related("creator", "account__service")
    one = get_object_or_404(own, pk=withdrawal_id)
    context = {"withdrawal": one, "page": follow_withdrawal(one, request.GET.get("page"))}
    return render(request, "live/tracing/withdrawal.html", context)


@require_safe
def withdrawal_in_live(request: SignedInRequest, withdrawal_id: UUID, session_id: UUID) -> HttpResponse:
    """List the gifts of one live whose diamonds a withdrawal took; only those behind the transfer `after`."""
    own = request.user.withdrawals.select_related("creator", "account__service")
    one = get_object_or_404(own, pk=withdrawal_id)
    form = AfterForm(request.GET)
    after = form.cleaned_data["after"] if form.is_valid() else 0
    try:
        taken, gifts, more = follow_withdrawal_in(one, session_id, after)
    except LiveSession.DoesNotExist:
        raise Http404 from None
    context = {"withdrawal": one, "taken": taken, "gifts": gifts, "more": more, "after": after}
    return render(request, "live/tracing/withdrawal_in_live.html", context)
