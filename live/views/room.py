"""The room: the stage with its tray, a tap, and the feed that shows taps to other viewers."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.template.loader import render_to_string
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from live.feed.cursors import BAD_CURSOR
from live.feed.feed import find_place, points_with, read_feed
from live.forms.tap import AffordForm, FeedForm, UnsentForm, read_message, read_tap
from live.gifts.taps import GiftNotOffered, PriceChanged, Tap, tap_gift
from live.models import Gift, LiveSession
from live.room.board import mark_of_board, read_board
from live.room.page import describe_tap, enter_room, set_scene, why_not_affordable
from live.room.presence import pollers
from live.sessions.video import let_video_in
from live.streams.frames import render_feed
from live.views.refusing import describe_refusal
from live.views.unsent import forget_unsent, take_unsent
from people.answers import in_a_while, posted_from, see_other
from people.refusals import Refusal
from people.requests import Request, SignedInRequest, is_signed_in

NOTHING_NEW = ENOUGH = 204
STOP_POLLING = 286
LOGGED_OUT = "You were logged out. After the log-in you read whether your gift was sent."
NOT_SENT = "You were logged out, so nothing was sent just now. Gifts that were sent before are in your history."
SENT = "{tap} was sent at {at:%H:%M:%S} UTC, before you were logged out. It is in your history."
INVALID = "This tap could not be read. Nothing was debited; choose the gift again."


@login_not_required
@require_safe
@gzip_page
def room(request: Request, session_id: UUID) -> HttpResponse:
    """The stage, and the tray as far as the reader may use it. Seven queries at most."""
    if is_signed_in(request) and "unsent" in request.GET:
        return _say_what_became_of_tap(request, session_id)
    typed = take_unsent(request, session_id)
    response = show_room(request, session_id, typed=typed)
    return forget_unsent(response, resolve_url("room", session_id)) if typed else response


@login_not_required
@posted_from("room")
def tap(request: Request, session_id: UUID) -> HttpResponse:
    """Give a gift. The most frequent request: two queries, one for session and user, one for the tap."""
    asked = read_tap(request.POST)
    if not is_signed_in(request):
        return _log_in_first(request, session_id, asked)
    if asked is None:
        return _refuse(request, session_id, Refusal(INVALID), status=422)
    gift = asked.pop("gift")
    try:
        message = read_message(request.POST)
        done = tap_gift(viewer=request.user, session_id=session_id, gift_slug=gift, message=message, **asked)
    except LiveSession.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        return _refuse(request, session_id, refusal, status=refusal.status)
    return _tapped(request, session_id, done, {"gift": gift, **asked})


@login_not_required
@require_safe
@gzip_page
def tray(request: Request, session_id: UUID) -> HttpResponse:
    """The gifts on offer now, as a fragment."""
    live = _enter(request, session_id)
    return render(
        request, "live/room/_gifts.html", {**set_scene(live, request.user), "chosen": request.GET.get("gift")}
    )


@require_safe
def afford(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Answer 204 if a tap would be accepted, else 409 with the refusal: asked before a viewer confirms a gift."""
    form = AffordForm(request.GET)
    if not form.is_valid():
        return HttpResponse("Name a gift, and whole coins from 0.", status=422, content_type="text/plain")
    try:
        refusal = why_not_affordable(request.user, session_id, form.cleaned_data["gift"], form.cleaned_data["besides"])
    except (Gift.DoesNotExist, LiveSession.DoesNotExist):
        raise Http404 from None
    if refusal is None:
        return HttpResponse(status=ENOUGH)
    refused = describe_refusal(refusal, session_id, form.cleaned_data["gift"])
    return in_a_while(render(request, "live/room/_refusal.html", {"refused": refused}, status=refusal.status), refusal)


@login_not_required
@require_safe
def feed(request: Request, session_id: UUID) -> HttpResponse:
    """Answer a poll with the taps behind the cursor: rows, or 204, or 286 with the end card when the live is over."""
    form = FeedForm(request.GET)
    if not form.is_valid():
        return HttpResponse(BAD_CURSOR, status=422, content_type="text/plain")
    live = get_object_or_404(LiveSession.objects.select_related("creator"), pk=session_id)
    place = find_place(live, form.cleaned_data["after"])
    part = read_feed(live, place)
    if part.upto == place:
        return HttpResponse(status=NOTHING_NEW) if live.is_live else _show_end(request, session_id)
    return HttpResponse(render_feed(part, points_with(live, part)))


@login_not_required
@require_safe
def board(request: Request, session_id: UUID) -> HttpResponse:
    """Answer a poll with the whole board, or 204 if its mark is still `seen`."""
    live = get_object_or_404(LiveSession.objects.select_related("creator"), pk=session_id)
    if not live.is_live:
        return HttpResponse(status=STOP_POLLING)
    if request.user.pk != live.creator_id:
        pollers.note(live, request.user.pk or get_adapter().get_client_ip(request))
    parts = read_board(live)
    mark = mark_of_board(parts)
    if request.GET.get("seen") == mark:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "live/room/_board.html", {"parts": parts, "mark": mark})


def _log_in_first(request: Request, session_id: UUID, asked: dict[str, Any] | None) -> HttpResponse:
    """Redirect a logged-out viewer to the log-in and then back to the room, with the gift still chosen."""
    messages.info(request, LOGGED_OUT)
    room = resolve_url("room", session_id)
    if asked is None:
        return redirect_to_login(room)
    chosen = urlencode({"gift": asked["gift"], "unsent": asked["tap_id"]})
    return redirect_to_login(f"{room}?{chosen}#tray")


def _say_what_became_of_tap(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Tell a viewer after the log-in whether the earlier tap was written: its first reply may have been lost."""
    form = UnsentForm(request.GET)
    if form.is_valid():
        tap = request.user.taps.filter(tap_id=form.cleaned_data["unsent"]).first()
        messages.info(request, SENT.format(tap=tap, at=tap.created_at) if tap else NOT_SENT)
    chosen = urlencode({"gift": request.GET["gift"]}) if "gift" in request.GET else ""
    return redirect(f"{resolve_url('room', session_id)}?{chosen}#tray")


def _enter(request: Request, session_id: UUID) -> LiveSession:
    try:
        return enter_room(session_id, request.user)
    except LiveSession.DoesNotExist:
        raise Http404 from None


def show_room(request: Request, session_id: UUID, *, status: int = 200, **said: Any) -> HttpResponse:
    live = _enter(request, session_id)
    context = {**set_scene(live, request.user), "chosen": request.GET.get("gift"), **said}
    return let_video_in(render(request, "live/room/page.html", context, status=status), live)


def _show_end(request: Request, session_id: UUID) -> HttpResponse:
    context = set_scene(_enter(request, session_id), request.user)
    return render(request, "live/room/_curtain.html", context, status=STOP_POLLING)


def _tapped(request: Request, session_id: UUID, done: Tap, sent: dict[str, Any]) -> HttpResponse:
    """Answer an accepted tap with fragments for htmx, else redirect to the room with the tray open."""
    if request.htmx:
        # Texts, not numbers: a template asks for the format of each number anew.
        shown = {"tap": str(done.id), "balance": str(done.balance), "coins": f"{done.balance:,}", "gift": sent["gift"]}
        shown |= {"quantity": str(sent["quantity"]), "price": str(sent["price"])}
        response = HttpResponse(render_to_string("live/room/_tapped.html", shown))
    else:
        messages.success(request, render_to_string("live/room/tapped.txt", describe_tap(done)).strip())
        response = see_other(f"{resolve_url('room', session_id)}?gift={sent['gift']}#tray")
    if done.is_repeat:
        response["Idempotency-Replayed"] = "true"
    return response


def _refuse(request: Request, session_id: UUID, refusal: Refusal, *, status: int) -> HttpResponse:
    """Answer a refused tap with a notice and, if price or offer have changed, the present tray."""
    slug = request.POST.get("gift")
    said = {"refused": describe_refusal(refusal, session_id, slug), "chosen": slug}
    if not request.htmx:
        response = show_room(request, session_id, status=status, **said)
    else:
        if isinstance(refusal, PriceChanged | GiftNotOffered):
            said = {**set_scene(_enter(request, session_id), request.user), **said}
        response = render(request, "live/room/_refused.html", said, status=status)
    return in_a_while(response, refusal)
