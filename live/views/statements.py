"""Statements of a creator's months and years, and the receipt of a withdrawal: pages to print or keep."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from live.statements.csv import statements_as_csv
from live.statements.statements import FIRST_YEAR, Period, every_statement, months_of, statement_of
from payouts.withdrawals.tracking import provider_fee
from people.answers import Context
from people.brand import site_brand
from people.requests import SignedInRequest


@require_safe
def statements(request: SignedInRequest) -> HttpResponse:
    """List the years and months that have lines; without any, explain how to begin."""
    return render(request, "payouts/statements.html", {"years": every_statement(request.user)})


@require_safe
def statement(request: SignedInRequest, year: int, month: int | None = None) -> HttpResponse:
    """Show the statement of one year or month; `?format=csv` returns it as a file."""
    statement = statement_of(request.user, _period(year, month))
    if statement.is_empty and not statement.is_running:
        raise Http404
    months = [] if statement.period.month else months_of(statement)
    if request.GET.get("format") == "csv":
        name = f'attachment; filename="{site_brand().slug}-statement-{statement.period.code}.csv"'
        lines = statements_as_csv([*months, statement])
        return HttpResponse(lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
    context = {"statement": statement, "period": statement.period, "months": months, "now": timezone.now()}
    return render(request, "payouts/statement.html", context)


@require_safe
def receipt(request: SignedInRequest, withdrawal_id: UUID) -> HttpResponse:
    """The receipt of one of the reader's withdrawals."""
    withdrawals = request.user.withdrawals.select_related("account__service", "quote__rate")
    withdrawal = get_object_or_404(withdrawals.prefetch_related("steps", "reports"), pk=withdrawal_id)
    context: Context = {"withdrawal": withdrawal, "account": withdrawal.account, "rate": withdrawal.quote.rate}
    context |= {"fee_cents": provider_fee(withdrawal), "now": timezone.now()}
    return render(request, "payouts/receipt.html", context)


def _period(year: int, month: int | None) -> Period:
    """Return the Period of the address; 404 for a month that doesn't exist or a period that hasn't begun."""
    if not FIRST_YEAR <= year <= timezone.now().year or month not in (None, *range(1, 13)):
        raise Http404
    period = Period(year, month or 0)
    if not period.has_begun():
        raise Http404
    return period
