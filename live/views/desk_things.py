"""The operator's pages of one withdrawal, one recharge and one live, and the search for all of them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from live.desk.searching import search_all
from live.desk.things import about_live, about_recharge, about_withdrawal, put_aside, withdrawals_described
from live.models import LiveSession
from live.views.desk_pages import DeskPages, allowed
from people.answers import see_other
from people.operator import operator_of
from people.why_form import WhyForm
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

    def recharge_view(self, request: HttpRequest, recharge_id: UUID) -> HttpResponse:
        """Show a recharge; a POST with a reason takes it from those to look at."""
        operator = allowed(request, "wallet.view_recharge")
        recharge = get_object_or_404(Recharge.objects.select_related("user", "package", "checkout"), pk=recharge_id)
        may_put_aside = operator.has_perm("wallet.change_checkout")
        if request.method == "POST" and not may_put_aside:
            raise PermissionDenied
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            is_done = put_aside(recharge, by=operator, why=form.cleaned_data["reason"])
            messages.success(request, "It waits for nobody any more." if is_done else "Nothing waited.")
            return see_other("admin:recharge", recharge_id)
        context = about_recharge(recharge, operator) | {"form": form if may_put_aside else None}
        status = 200 if request.method != "POST" else 422
        return self.page(request, "recharge", str(recharge), context, status=status)

    def live_view(self, request: HttpRequest, session_id: UUID) -> TemplateResponse:
        operator = allowed(request, "live.view_livesession")
        lives = LiveSession.objects.select_related("creator__user", "settlement", "category")
        live = get_object_or_404(lives, pk=session_id)
        return self.page(request, "live", live.title, about_live(live, operator))
