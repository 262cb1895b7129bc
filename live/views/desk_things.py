"""The operator's pages of one withdrawal, one recharge and one live, and the search for all of them."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from live.desk.searching import search_all
from live.desk.things import about_live, about_recharge, about_withdrawal, withdrawals_described
from live.models import LiveSession
from live.views.desk_pages import DeskPages, allowed
from people.operator import operator_of
from wallet.models import Recharge

MOST_TYPED = 200


class ThingPages(DeskPages):
    """One page for one thing. Each needs the permission to view its rows."""

    def search_view(self, request: HttpRequest) -> TemplateResponse:
        """Show what a text finds among the rows that the operator may view."""
        text = request.GET.get("q", "").replace("\x00", "").strip()[:MOST_TYPED]
        found = search_all(operator_of(request), text)
        return self.page(request, "search", f"Search: {text}" if text else "Search", {"text": text, "found": found})

    def withdrawal_view(self, request: HttpRequest, withdrawal_id: UUID) -> TemplateResponse:
        operator = allowed(request, "payouts.view_withdrawal")
        withdrawal = get_object_or_404(withdrawals_described(), pk=withdrawal_id)
        # The modules of payouts.admin register with this very site, so it exists before they are imported.
        from payouts.admin.actions import possible

        context = about_withdrawal(withdrawal)
        if operator.has_perm("payouts.change_withdrawal"):
            context["actions"] = possible(withdrawal, operator, timezone.now())
        return self.page(request, "withdrawal", str(withdrawal), context)

    def recharge_view(self, request: HttpRequest, recharge_id: UUID) -> TemplateResponse:
        operator = allowed(request, "wallet.view_recharge")
        recharge = get_object_or_404(Recharge.objects.select_related("user", "package"), pk=recharge_id)
        return self.page(request, "recharge", str(recharge), about_recharge(recharge, operator))

    def live_view(self, request: HttpRequest, session_id: UUID) -> TemplateResponse:
        operator = allowed(request, "live.view_livesession")
        lives = LiveSession.objects.select_related("creator__user", "settlement", "category")
        live = get_object_or_404(lives, pk=session_id)
        return self.page(request, "live", live.title, about_live(live, operator))
