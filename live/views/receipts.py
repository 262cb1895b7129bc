"""A tap's receipt: its gift, its creator, and the split of its coins."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from payouts import worth
from people.requests import SignedInRequest


@require_safe
def receipt(request: SignedInRequest, tap_id: UUID) -> HttpResponse:
    """The viewer's own receipt, at the rates of the moment of the tap."""
    taps = request.user.taps.select_related("session__creator__user", "session__settlement")
    tap = get_object_or_404(taps, tap_id=tap_id)
    return render(request, "live/receipt.html", {"tap": tap, "rates": worth.rates_at(tap.created_at)})
