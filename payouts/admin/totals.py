"""“Provider totals”: what the provider reported against what the books paid, day by day, as a page and as CSV."""

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from payouts.reconciliation import MOST_DAYS, Movement, days, movements, total
from people.operator import OperatorAdmin
from people.text.spreadsheets import csv_lines, harmless

DEFAULT_DAYS = 14
COLUMNS = [
    "day_utc",
    "provider",
    "withdrawal",
    "creator",
    "booked_usd",
    "reported_usd",
    "difference_usd",
    "fee_usd",
    "what_differs",
]


class DaysForm(forms.Form):
    """The first and the last day, both included."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if last and last > _today():
            self.add_error("last", "That day is still to come.")
        elif first and last and first > last:
            self.add_error("last", "The last day can't be before the first.")
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", f"Choose at most {MOST_DAYS} days at once.")
        return cleaned


class TotalsScreen(OperatorAdmin):
    """The page of provider totals, for operators who may view withdrawals."""

    def get_urls(self) -> list[URLPattern]:
        totals = path("totals/", self.admin_site.admin_view(self.totals_view), name="payouts_withdrawal_totals")
        return [totals, *super().get_urls()]

    def totals_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = DaysForm(request.GET if "first" in request.GET or "last" in request.GET else _last_days())
        context = {**self.admin_site.each_context(request), "title": "Provider totals", "opts": self.opts, "form": form}
        if not form.is_valid():
            return TemplateResponse(request, "admin/payouts/withdrawal/totals.html", context, status=422)
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        found = movements(first, last)
        if request.GET.get("format") == "csv":
            return _as_csv(found, f"provider-totals-{first}-{last}.csv")
        every = days(found)
        context |= {"first": first, "last": last, "days": every, "total": total(every)}
        return TemplateResponse(request, "admin/payouts/withdrawal/totals.html", context)


def _today() -> date:
    return timezone.now().astimezone(UTC).date()


def _last_days() -> dict[str, date]:
    return {"first": _today() - timedelta(days=DEFAULT_DAYS - 1), "last": _today()}


def _as_csv(found: Iterable[Movement], name: str) -> HttpResponse:
    """Answer with a line for each movement, so that a day's lines add up to its totals."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(csv_lines(COLUMNS, map(_cells, found)), "text/csv; charset=utf-8", headers=headers)


def _cells(one: Movement) -> list[Any]:
    withdrawal = one.withdrawal
    cents = (one.booked_cents, one.reported_cents, one.difference_cents, one.fee_cents)
    who = harmless(withdrawal.creator.email)
    return [one.day, withdrawal.provider, withdrawal.pk, who, *(f"{Decimal(n) / 100:.2f}" for n in cents), one.what]
