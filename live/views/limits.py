"""A viewer's own limits: show them with their remainder, and change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from live.forms.limits import LimitsForm
from live.gifts.limits import Limits, OwnLimits, call_off, in_words, limits_of, own_limits, set_limits
from payouts import worth
from people.answers import posted_from, see_other
from people.requests import SignedInRequest

COUNTS = "Saved. It counts from now on."
WAITS = "Saved. It counts from {moment}; until then your limits stay as they are."
BOTH = "Saved. What is stricter counts from now on, what is looser from {moment}."
CALLED_OFF = "Called off. Your limits stay as they are."
NOTHING_WAITED = "Nothing was waiting. Your limits are as they were."


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: SignedInRequest) -> HttpResponse:
    """Show the coins given today and this week beside the limits, and the form that changes them."""
    if request.method != "POST":
        return _show(request, own_limits(request.user))
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _show(request, own_limits(request.user), form=form, status=422)
    before, own = limits_of(request.user), set_limits(request.user, **form.cleaned_data)
    return _done(request, own, _saved(before, own))


@posted_from("limits")
def call_off_limits(request: SignedInRequest) -> HttpResponse:
    """Cancel the looser limits that wait, so that the present ones stay."""
    said = CALLED_OFF if call_off(request.user) else NOTHING_WAITED
    return _done(request, own_limits(request.user), said)


def _saved(before: Limits, own: OwnLimits) -> str:
    """Return from when the saved limits count: at once, later, or one at once and the other later."""
    if own.later_from is None:
        return COUNTS
    return (WAITS if own.now == before else BOTH).format(moment=in_words(own.later_from))


def _done(request: SignedInRequest, own: OwnLimits, said: str) -> HttpResponse:
    if request.htmx:
        return _show(request, own, said=said)
    messages.success(request, said)
    return see_other("limits")


def _show(
    request: SignedInRequest, own: OwnLimits, *, form: LimitsForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    wanted = {"daily": own.wanted.daily, "weekly": own.wanted.weekly}
    context = {"own": own, "form": form or LimitsForm(initial=wanted), "said": said, "rates": worth.rates_at()}
    return render(request, "live/_limits.html" if request.htmx else "live/limits.html", context, status=status)
