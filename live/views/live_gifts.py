"""Live Gifts: a creator's diamonds, withdrawals and earnings. The page mixes all apps, so its view is in `live`."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from live.models import Creator
from live.totals.earnings import earned_by_week, gifts_to_go, plural, running_live
from payouts.withdrawals.lists import with_withdrawn, withdrawals_of
from payouts.withdrawals.offers import Offer, offer_to
from payouts.withdrawals.tracking import in_short
from people.requests import SignedInRequest

WITHDRAWALS_PER_PAGE = 5


@require_safe
def live_gifts(request: SignedInRequest) -> HttpResponse:
    """Show a creator's money; show other people how to become a creator."""
    offer = offer_to(request.user)
    creator = with_withdrawn(Creator.objects.filter(pk=request.user.pk)).first()
    if creator is None:
        return render(request, "payouts/not_a_creator.html", {"offer": offer})
    withdrawals = Paginator(withdrawals_of(request.user), WITHDRAWALS_PER_PAGE)
    withdrawals.count = creator.withdrawal_count
    page = withdrawals.get_page(request.GET.get("page"))
    for withdrawal in page.object_list:
        withdrawal.in_short = in_short(withdrawal)
    context = {
        "offer": offer,
        "creator": creator,
        "live": running_live(creator),
        "to_go": _to_go(offer),
        "earnings": earned_by_week(creator),
        "page": page,
    }
    return render(request, "payouts/live_gifts.html", context)


def _to_go(offer: Offer) -> str:
    """Return the gifts missing to the minimum, as "2 more Tall Ships", or "" when it is reached."""
    missing = gifts_to_go(offer.missing_diamonds) if offer.missing_diamonds else None
    if missing is None:
        return ""
    count, gift = missing
    return f"{count:,} more {gift.name if count == 1 else plural(gift.name)}"
