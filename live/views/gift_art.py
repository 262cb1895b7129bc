"""The uploaded art of gifts. A name is the digest of its file, so caches may keep the file for ever."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from live.gifts.art import read_art
from people.requests import Request

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    # An SVG that is opened by its address may style itself, and do nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@login_not_required
@require_safe
def picture(request: Request, name: str) -> HttpResponse:
    """Return an uploaded picture of a gift. No query: rooms load many."""
    found = read_art(name)
    if found is None:
        raise Http404
    content, content_type = found
    return HttpResponse(content, content_type=content_type, headers=HEADERS)
