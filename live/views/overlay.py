"""The overlay: the page for OBS behind its secret address, and the creator's page about it."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from live.creators.creators import creator_of
from live.forms.overlay import NewsForm, OverlayForm, TestAlertForm, VariantForm
from live.gifts.catalog import catalog
from live.gifts.test_gifts import send_test_gift
from live.models import AlertVariant, Creator, Overlay
from live.overlay import overlays
from live.overlay.variants import variants_of
from live.room.page import LARGE_GIFT_COINS
from live.views.posting import go_to
from people.answers import Context, View, posted_from, see_other
from people.pace import paced
from people.requests import Request, SignedInRequest

# These pages have a secret address: no cache, referrer or search index may hold it.
SECRETLY = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
WIDGET_WORDS = {"goal": "Goal", "gifters": "Who gave most", "latest": "Last gifts"}
# Session key: the next page of settings shows the address. Its value says whether the address is new.
ASKED_FOR = "overlay_address_asked_for"


def behind_its_token(view: Callable[Concatenate[Request, Overlay, ...], HttpResponse]) -> View:
    """Call the view with the overlay of its address; without one, answer 404 with the page gone.html."""

    @wraps(view)
    def found(request: Request, token: str, **named: str) -> HttpResponse:
        try:
            response = view(request, overlays.find_overlay(token), **named)
        except Overlay.DoesNotExist:
            response = HttpResponse(render_to_string("live/overlay/gone.html"), status=404)
        for name, value in SECRETLY.items():
            response[name] = value
        return response

    return login_not_required(require_safe(found))


@behind_its_token
def overlay(request: Request, overlay: Overlay) -> HttpResponse:
    """The page for OBS. It reads no cookie: the token in the address authenticates."""
    overlays.say_heard(overlay)
    context = {"overlay": overlay, "memory": overlays.name_of_memory(overlay), **_alerts_of(overlay)}
    if "demo" in request.GET:
        context["examples"] = overlays.examples(list(catalog()))
    # Render without the request, so that the context of a signed-in reader stays out of the page.
    return HttpResponse(render_to_string("live/overlay/page.html", context))


@behind_its_token
def now(request: Request, overlay: Overlay) -> HttpResponse:
    """Answer an open overlay, which asks every few seconds. Four queries, and a fifth to note the request."""
    form = NewsForm(request.GET)
    if not form.is_valid():
        return HttpResponse("`tests` is a whole number from 0 to 2⁶³ - 1.", status=422, content_type="text/plain")
    overlays.say_heard(overlay)
    news = overlays.news_for(overlay, form.cleaned_data["tests"])
    rows = [render_to_string("live/room/_lane.html", {"tap": test, "large": LARGE_GIFT_COINS}) for test in news.tests]
    return JsonResponse(
        {
            "session": news.session_id and _session(news.session_id),
            "cursor": news.cursor,
            "settings": overlays.settings_of(overlay),
            "tests": rows,
            "mark": news.mark,
            "unsaid": news.unsaid,
        }
    )


def _session(session_id: UUID) -> dict[str, str]:
    addresses = {name: resolve_url(name, session_id) for name in ("events", "feed")}
    return {"id": str(session_id), **addresses}


def _alerts_of(overlay: Overlay, variants: list[AlertVariant] | None = None) -> Context:
    return {"settings": json.dumps(overlays.settings_of(overlay, variants)), "large": LARGE_GIFT_COINS}


# --- The creator's page about it ----------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@paced("overlay", "changes of the overlay came")
def settings(request: SignedInRequest) -> HttpResponse:
    """Show how to add the overlay to OBS, its address on demand, a test gift, and the form of its alerts."""
    creator = creator_of(request.user)
    if creator is None:
        return go_to(request, see_other("studio")) if request.method == "POST" else redirect("studio")
    if request.method != "POST":
        return show_settings(request, creator, **_asked_for(request, creator))
    form = OverlayForm(request.POST, instance=Overlay(creator=creator))
    if not form.is_valid():
        return show_settings(request, creator, form=form, status=422)
    overlays.save_settings(creator, **form.cleaned_data)
    messages.success(request, "Saved. An overlay that is open takes it up within a few seconds.")
    return go_to(request, see_other("overlay-settings"))


def for_creators(view: Callable[[SignedInRequest, Creator], HttpResponseBase]) -> View:
    """Call the view for a creator's POST from the page of settings; redirect other people to the studio."""

    @wraps(view)
    def posted(request: SignedInRequest) -> HttpResponseBase:
        creator = creator_of(request.user)
        if creator is None:
            return go_to(request, see_other("studio"))
        return view(request, creator)

    return never_cache(posted_from("overlay-settings", about_one=False)(posted))


@for_creators
def address(request: SignedInRequest, creator: Creator) -> HttpResponse:
    """Show the address. Pages contain it on demand only, and no URL of the settings contains it."""
    return _show_address(request, overlays.make_overlay(creator))


@for_creators
@paced("overlay", "changes of the overlay came")
def renew(request: SignedInRequest, creator: Creator) -> HttpResponse:
    """Make a new address and show it; the old one answers 404 at once."""
    return _show_address(request, overlays.renew_token(creator), is_new=True)


@for_creators
@paced("test_gift", "test gifts were sent")
def test_alert(request: SignedInRequest, creator: Creator) -> HttpResponse:
    """Send a test gift to the overlay, and to the room if the creator is live."""
    form = TestAlertForm(request.POST)
    if not form.is_valid():
        return show_settings(request, creator, test_form=form, status=422)
    gift = form.cleaned_data["gift"]
    send_test_gift(creator, gift)
    words = f"{gift.name} is on its way as a test. It costs nothing and counts nowhere."
    if request.htmx:
        return render(request, "_notice.html", {"level": "good", "text": words})
    messages.success(request, words)
    return see_other("overlay-settings")


@require_safe
def connection(request: SignedInRequest) -> HttpResponse:
    """The time of the overlay's last request, as a fragment that again.js polls."""
    creator = creator_of(request.user)
    if creator is None:
        return redirect("studio")
    return render(request, "live/overlay/_obs.html", {"obs": overlays.connection_of(creator)})


def _show_address(request: SignedInRequest, overlay: Overlay, *, is_new: bool = False) -> HttpResponse:
    """Answer with the address. Without htmx, redirect to a page that shows it once: a reload makes no new address."""
    if request.htmx:
        return render(request, "live/overlay/_address.html", _with_address(request, overlay, is_new))
    request.session[ASKED_FOR] = "new" if is_new else "same"
    return see_other(f"{resolve_url('overlay-settings')}#overlay-address")


def _asked_for(request: SignedInRequest, creator: Creator) -> Context:
    asked = request.session.pop(ASKED_FOR, None)
    return _with_address(request, overlays.overlay_of(creator), asked == "new") if asked else {}


def _with_address(request: SignedInRequest, overlay: Overlay, is_new: bool) -> Context:
    def url_of(name: str) -> str:
        return request.build_absolute_uri(resolve_url(name, overlay.token))

    widgets = [(words, url_of(f"overlay-{name}")) for name, words in WIDGET_WORDS.items()]
    return {"address": url_of("overlay"), "widgets": widgets, "is_new": is_new, "overlay": overlay}


def show_settings(request: SignedInRequest, creator: Creator, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Show the page of settings; `shown` replaces forms that have errors."""
    overlay = overlays.overlay_of(creator)
    gifts, variants = list(catalog()), variants_of(overlay)
    context = {
        "creator": creator,
        "overlay": overlay,
        "obs": overlays.connection_through(overlay),
        "form": OverlayForm(instance=overlay),
        "test_form": TestAlertForm(),
        "variant_form": VariantForm(initial={"text": overlay.text, "seconds": overlay.seconds}),
        "variants": variants,
        "examples": overlays.examples(gifts),
        **_alerts_of(overlay, variants),
        **shown,
    }
    return render(request, "live/overlay/settings.html", context, status=status)
