"""A viewer's history of coins: a month by lives and recharges, and the gifts of one live with their receipts."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from live.forms.spending import MonthForm
from live.models import LiveSession
from live.totals.spending import PER_PAGE, gifts_in, months_of, spending_in
from people.brand import site_brand
from people.requests import SignedInRequest
from wallet.exports import history_as_csv


@require_safe
def history(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """Show one month of the viewer's coins, 25 lines a page; `?format=csv` returns every move of all months."""
    if request.GET.get("format") == "csv":
        lines = history_as_csv(request.user)
        name = f'attachment; filename="{site_brand().slug}-coins.csv"'
        return StreamingHttpResponse(lines, "text/csv; charset=utf-8", headers={"Content-Disposition": name})
    months = months_of(request.user)
    template = "live/spending/_history.html" if request.htmx else "live/spending/history.html"
    if not months:
        return render(request, template)
    form = MonthForm(request.GET, months)
    month = form.chosen
    spending = spending_in(request.user, month, request.GET.get("page"))
    context = {"form": form, "month": month, "query": f"month={month.code}", **spending._asdict()}
    return render(request, template, context, status=200 if form.is_valid() else 422)


@require_safe
def gifts(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """List the viewer's gifts in one live, each with its receipt; 404 for a live in which they gave nothing."""
    page = Paginator(gifts_in(request.user, session_id), PER_PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        raise Http404
    live = LiveSession.objects.select_related("creator").get(pk=session_id)
    return render(request, "live/spending/gifts.html", {"page": page, "live": live})
