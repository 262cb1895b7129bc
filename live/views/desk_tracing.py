"""The operator's pages that follow the money, with the references of both providers."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from live.desk.things import withdrawals_described
from live.forms.tracing import AfterForm
from live.models import GiftTap, LiveSession
from live.tracing.chains import ends_of_gift, ends_of_given
from live.tracing.purchases import follow_gift, follow_recharge, follow_recharge_in, given_to, paid_for
from live.tracing.withdrawals import follow_withdrawal, follow_withdrawal_in
from live.views.desk_pages import DeskPages, allowed
from payouts import worth
from wallet.models import Recharge

# Each gift's viewer is replayed for its recharges: a page has few gifts.
GIFTS_PER_PAGE = 10


class TracingPages(DeskPages):
    """A page each for the chain of a recharge, a tap and a withdrawal, and for their gifts in one live."""

    def follow_recharge_view(self, request: HttpRequest, recharge_id: UUID) -> TemplateResponse:
        """Show the lives that got coins of a recharge, and the withdrawals in which their diamonds ended."""
        allowed(request, "wallet.view_recharge", "live.view_gifttap", "payouts.view_withdrawal")
        recharge = get_object_or_404(Recharge.objects.select_related("user"), pk=recharge_id)
        purchase = follow_recharge(recharge, request.GET.get("page"))
        if purchase is None:
            raise Http404
        given = list(purchase.page.object_list)
        ends = ends_of_given(recharge.user, given)
        chain = [(one, ends.get(one.session.pk, [])) for one in given]
        context = {"recharge": recharge, "chain": chain, **purchase._asdict()}
        return self.page(request, "tracing/recharge", f"Follow the money: {recharge}", context)

    def follow_recharge_in_live_view(
        self, request: HttpRequest, recharge_id: UUID, session_id: UUID
    ) -> TemplateResponse:
        """List the taps of one live that a recharge paid for."""
        allowed(request, "wallet.view_recharge", "live.view_gifttap")
        recharge = get_object_or_404(Recharge.objects.select_related("user"), pk=recharge_id)
        found = follow_recharge_in(recharge, session_id, request.GET.get("page"))
        if found is None:
            raise Http404
        lot, page = found
        live = LiveSession.objects.select_related("creator").get(pk=session_id)
        context = {"recharge": recharge, "lot": lot, "page": page, "live": live}
        return self.page(request, "tracing/recharge_in_live", f"Follow the money: {live.title}", context)

    def tap_view(self, request: HttpRequest, tap_id: UUID) -> TemplateResponse:
        """Show a tap, and what the operator may view of the recharges and withdrawals at the ends of its chain."""
        allowed(request, "live.view_gifttap")
        taps = GiftTap.objects.select_related("viewer", "session__creator__user", "session__settlement")
        tap = get_object_or_404(taps, tap_id=tap_id)
        paid = follow_gift(tap)
        given = given_to(tap.session, 1, tap.coins, sum(one.micros for one in paid), worth.rates_at())
        context = {"tap": tap, "paid": paid, "given": given, "ends": ends_of_gift(tap) if paid else []}
        return self.page(request, "tracing/tap", str(tap), context)

    def follow_withdrawal_view(self, request: HttpRequest, withdrawal_id: UUID) -> TemplateResponse:
        """Show the lives whose diamonds a withdrawal took."""
        allowed(request, "payouts.view_withdrawal", "live.view_settlement")
        withdrawal = get_object_or_404(withdrawals_described(), pk=withdrawal_id)
        context = {"withdrawal": withdrawal, "page": follow_withdrawal(withdrawal, request.GET.get("page"))}
        return self.page(request, "tracing/withdrawal", f"Follow the money: {withdrawal}", context)

    def follow_withdrawal_in_live_view(
        self, request: HttpRequest, withdrawal_id: UUID, session_id: UUID
    ) -> TemplateResponse:
        """List the taps of one live whose diamonds a withdrawal took, each with the recharges that paid for it."""
        allowed(request, "payouts.view_withdrawal", "live.view_gifttap", "wallet.view_recharge")
        withdrawal = get_object_or_404(withdrawals_described(), pk=withdrawal_id)
        form = AfterForm(request.GET)
        after = form.cleaned_data["after"] if form.is_valid() else 0
        try:
            taken, gifts, more = follow_withdrawal_in(withdrawal, session_id, after, GIFTS_PER_PAGE)
        except LiveSession.DoesNotExist:
            raise Http404 from None
        paid = paid_for({gift.transfer_id: gift.tap.viewer for gift in gifts})
        chain = [(gift, paid[gift.transfer_id]) for gift in gifts]
        context = {"withdrawal": withdrawal, "taken": taken, "chain": chain, "more": more, "after": after}
        return self.page(request, "tracing/withdrawal_in_live", f"Follow the money: {taken.session.title}", context)
