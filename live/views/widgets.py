"""The widgets of the overlay, behind its token: the page for OBS, and its content anew every few seconds."""

import hashlib

from django.http import HttpResponse
from django.template.loader import render_to_string

from live.models import Overlay
from live.overlay.widgets import lay_out_widget
from live.views.overlay import behind_its_token
from people.requests import Request

NOTHING_NEW = 204


@behind_its_token
def widget(request: Request, overlay: Overlay, name: str) -> HttpResponse:
    """The page of a widget; with `seen`, its content alone, or 204 if that is still the mark of it."""
    content = render_to_string(f"live/overlay/widgets/_{name}.html", lay_out_widget(overlay, name))
    mark = hashlib.sha256(content.encode()).hexdigest()[:16]
    if "seen" not in request.GET:
        context = {"content": content, "mark": mark}
        return HttpResponse(render_to_string("live/overlay/widgets/page.html", context))
    if request.GET["seen"] == mark:
        return HttpResponse(status=NOTHING_NEW)
    return HttpResponse(content, headers={"X-Mark": mark})
