"""Variants of alerts, on the creator's page about the overlay."""

from django.contrib import messages
from django.http import HttpResponse

from live.forms.overlay import VariantForm, VariantValueForm
from live.models import Creator
from live.overlay.variants import remove_variant, save_variant
from live.views.overlay import for_creators, show_settings
from live.views.posting import go_to
from people.answers import in_a_while, see_other
from people.pace import paced
from people.refusals import Refusal
from people.requests import SignedInRequest


@for_creators
@paced("overlay", "changes of the overlay came")
def save(request: SignedInRequest, creator: Creator) -> HttpResponse:
    """Set a variant; the one from the same value is replaced."""
    form = VariantForm(request.POST)
    if not form.is_valid():
        return show_settings(request, creator, variant_form=form, status=422)
    try:
        variant = save_variant(creator, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("from_coins", str(refusal))
        return in_a_while(show_settings(request, creator, variant_form=form, status=refusal.status), refusal)
    messages.success(request, f"Saved: gifts of {variant.from_coins:,} coins or more have an alert of their own.")
    return go_to(request, see_other("overlay-settings"))


@for_creators
@paced("overlay", "changes of the overlay came")
def remove(request: SignedInRequest, creator: Creator) -> HttpResponse:
    """Remove a variant."""
    form = VariantValueForm(request.POST)
    if form.is_valid():
        remove_variant(creator, form.cleaned_data["from_coins"])
        messages.success(request, "Removed. These gifts have the alert of the others again.")
    return go_to(request, see_other("overlay-settings"))
