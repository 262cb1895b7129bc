"""The public page about the economy."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from live.economy import describe_economy
from live.forms.economy import WhereForm
from payouts.worth import rates_at, where_coins_go
from people.answers import Context
from people.requests import Request

EXAMPLE_COINS = 100


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def economy(request: Request) -> HttpResponse:
    """Show the worth of a coin, each gift and a diamond, now and before, and the split of any number of coins."""
    form = WhereForm(request.GET if "coins" in request.GET else {"coins": EXAMPLE_COINS})
    status = 200 if form.is_valid() else 422
    context: Context = {"rates": rates_at()} if request.htmx else describe_economy()
    coins = form.cleaned_data["coins"] if status == 200 else None
    context |= {"form": form, "where": coins and where_coins_go(coins, context["rates"])}
    template = "live/economy/_where_coins_go.html" if request.htmx else "live/economy/page.html"
    return render(request, template, context, status=status)
