"""“Waiting for you”: the withdrawals that wait for a person, and a page that confirms each action."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from payouts.admin.actions import ACTIONS, Action, possible
from payouts.models import Withdrawal
from payouts.money import usd
from payouts.withdrawals import approvals
from payouts.withdrawals.waiting import counts_by_why, described, waiting
from people.answers import Context, see_other
from people.models import User
from people.operator import OperatorAdmin, operator_of
from people.refusals import Refusal
from people.signing_in.recently import recent_sign_in_required

Attention = Withdrawal.Attention
PER_PAGE = 25
QUEUE = "admin:payouts_withdrawal_waiting"
SHORT: dict[str, str] = {
    Attention.APPROVAL: "Approval",
    Attention.UNKNOWN_STATUS: "Unknown status",
    Attention.UNANSWERED: "No final answer",
    Attention.CONTRADICTION: "Contradiction",
}


class WaitingScreens(OperatorAdmin):
    """The queue, for operators who may change withdrawals. The list of withdrawals stays read-only."""

    def get_urls(self) -> list[URLPattern]:
        queue = path("waiting/", self.admin_site.admin_view(self.waiting_view), name="payouts_withdrawal_waiting")
        acts = [
            path(
                f"waiting/<uuid:withdrawal_id>/{action.slug}/",
                self.admin_site.admin_view(recent_sign_in_required(self.act_view)),
                {"action": action},
                name=f"payouts_withdrawal_{action.slug}",
            )
            for action in ACTIONS
        ]
        return [queue, *acts, *super().get_urls()]

    def has_conclude_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payouts.change_withdrawal")

    def waiting_view(self, request: HttpRequest) -> TemplateResponse:
        """List the withdrawals that wait, the oldest first, each with the actions of this operator."""
        self._refuse_others(request)
        why = request.GET.get("why", "")
        why, now = (why if why in SHORT else ""), timezone.now()
        counts = counts_by_why()
        page = Paginator(waiting(why), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "rows": [_row(withdrawal, operator_of(request), now) for withdrawal in page],
            "why": why,
            "kinds": [(kind, SHORT[kind], count) for kind, count in counts.items()],
            "all_count": sum(counts.values()),
            "now": now,
        }
        return self._page(request, "waiting.html", "Waiting for you", context)

    def act_view(self, request: HttpRequest, withdrawal_id: UUID, action: Action) -> HttpResponse:
        """Say what will happen, ask why, and do it."""
        self._refuse_others(request)
        withdrawal = get_object_or_404(described(Withdrawal.objects.all()), pk=withdrawal_id)
        if refused := action.why_not(withdrawal, operator_of(request), timezone.now()):
            return self._ask(request, withdrawal, action, refused=refused)
        form = action.form(request.POST or None)
        if request.method != "POST":
            return self._ask(request, withdrawal, action, form=form)
        if not form.is_valid():
            return self._ask(request, withdrawal, action, form=form, status=422)
        values = dict(form.cleaned_data)
        try:
            withdrawal = action.do(withdrawal, by=operator_of(request), why=values.pop("reason"), **values)
        except Refusal as refusal:
            withdrawal.refresh_from_db()
            return self._ask(request, withdrawal, action, refused=str(refusal))
        messages.success(request, action.done(withdrawal))
        return see_other(QUEUE)

    def _ask(
        self,
        request: HttpRequest,
        withdrawal: Withdrawal,
        action: Action,
        *,
        form: forms.Form | None = None,
        refused: str = "",
        status: int = 200,
    ) -> TemplateResponse:
        context = {
            "withdrawal": withdrawal,
            "action": action,
            "form": form,
            "refused": refused,
            "means": [] if refused else action.means(withdrawal, operator_of(request)),
        }
        title = f"{action.label}: {usd(withdrawal.cents)} to {withdrawal.creator.name}"
        return self._page(request, "act.html", title, context, status=409 if refused else status)

    def _page(
        self, request: HttpRequest, template: str, title: str, context: Context, status: int = 200
    ) -> TemplateResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/payouts/withdrawal/{template}", context, status=status)

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_conclude_permission(request):
            raise PermissionDenied


def _row(withdrawal: Withdrawal, by: User, now: datetime) -> tuple[Withdrawal, list[Action], str]:
    """Return the withdrawal, the actions of this operator, and why there are none."""
    actions = possible(withdrawal, by, now)
    return withdrawal, actions, "" if actions else _why_nothing(withdrawal, by, now)


def _why_nothing(withdrawal: Withdrawal, by: User, now: datetime) -> str:
    """Return why this operator has no action: the reason that belongs to its attention."""
    reasons: dict[str, Callable[[Withdrawal, User, datetime], str]] = {
        Attention.APPROVAL: approvals.why_not_approve,
        Attention.CONTRADICTION: approvals.why_not_acknowledge,
    }
    return reasons.get(withdrawal.attention, approvals.why_not_conclude)(withdrawal, by, now)
