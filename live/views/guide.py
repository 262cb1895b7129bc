"""The guide for creators: how to grow, what a gift is worth, and what not to believe."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from live.models import LiveTerms
from payouts.models import PayoutTerms
from payouts.worth import rates_at, where_coins_go
from people.requests import Request

EXAMPLE_COINS = 100


@login_not_required
@require_safe
def guide(request: Request) -> HttpResponse:
    """Show the guide with the followers, rates and limits that count now."""
    rates = rates_at()
    context = {
        "live_terms": LiveTerms.objects.at(),
        "payout_terms": PayoutTerms.objects.at(),
        "rates": rates,
        "where": where_coins_go(EXAMPLE_COINS, rates),
    }
    return render(request, "live/guide.html", context)
